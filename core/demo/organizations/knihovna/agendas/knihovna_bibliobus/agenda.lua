-- A stop of the bookmobile: three days at most, asked for three weeks before. That the place is
-- free is a rule of the form.

local MOST_DAYS, DAYS_BEFORE = 3, 21
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

local function check(call)
    local first, last = number_of(call.answers.first_day), number_of(call.answers.last_day)
    if last - first + 1 > MOST_DAYS then
        call:fail("bad_input", "answers.last_day", "too_long", "The bookmobile stays three days at most.")
    end
    if first - number_of(call.today) < DAYS_BEFORE then
        call:fail("bad_input", "answers.first_day", "too_soon", "Ask at least 21 days before.")
    end
end

local function selftest()
    assert(number_of("2028-03-01") - number_of("2028-02-28") == 2, "leap years")
    assert(number_of("2027-01-01") - number_of("2026-12-31") == 1, "years")
end

return {selftest = selftest, check = check}
