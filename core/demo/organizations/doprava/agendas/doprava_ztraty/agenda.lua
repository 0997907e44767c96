-- Lost property: documents and aids are given out without a fee; after a month the city has it.

local FREE, KEPT_DAYS = {documents = true, aid = true}, 30

local function compute(call)
    local what = call.answers.what
    if not what then return end
    call:set("fee", FREE[what] and 0 or call.parameters.fee_haler)
    if FREE[what] then call:explain("fee.free", {}) end
end

local function check(call)
    if days.between(call.answers.day, call.today) > KEPT_DAYS then
        call:fail("bad_input", "answers.day", "too_late", "After 30 days what was found goes to the city.")
    end
end

return {compute = compute, check = check}
