-- Lost property: documents and aids are given out without a fee; after a month the city has it.

local FREE, KEPT_DAYS = {documents = true, aid = true}, 30
local MONTHS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

-- Days since the year 0.
local function number_of(day)
    local y, m, d = day:match("^(%d+)-(%d+)-(%d+)$")
    y, m, d = tonumber(y), tonumber(m), tonumber(d)
    local n = 365 * y + (y - 1) // 4 - (y - 1) // 100 + (y - 1) // 400 + d
    for i = 1, m - 1 do n = n + MONTHS[i] end
    if m > 2 and y % 4 == 0 and (y % 100 ~= 0 or y % 400 == 0) then n = n + 1 end
    return n
end

local function compute(call)
    local what = call.answers.what
    if not what then return end
    call:set("fee", FREE[what] and 0 or call.parameters.fee_haler)
    if FREE[what] then call:explain("fee.free", {}) end
end

local function check(call)
    if number_of(call.today) - number_of(call.answers.day) > KEPT_DAYS then
        call:fail("bad_input", "answers.day", "too_late", "After 30 days what was found goes to the city.")
    end
end

return {compute = compute, check = check}
