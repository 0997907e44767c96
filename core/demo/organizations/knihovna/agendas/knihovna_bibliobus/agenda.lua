-- A stop of the bookmobile: three days at most, asked for three weeks before. That the place is
-- free is a rule of the form.

local MOST_DAYS, DAYS_BEFORE = 3, 21

local function check(call)
    local first, last = call.answers.first_day, call.answers.last_day
    if days.between(first, last) + 1 > MOST_DAYS then
        call:fail("bad_input", "answers.last_day", "too_long", "The bookmobile stays three days at most.")
    end
    if days.between(call.today, first) < DAYS_BEFORE then
        call:fail("bad_input", "answers.first_day", "too_soon", "Ask at least 21 days before.")
    end
end

local function selftest()
    assert(days.between("2028-02-28", "2028-03-01") == 2, "leap years")
    assert(days.between("2026-12-31", "2027-01-01") == 1, "years")
end

return {selftest = selftest, check = check}
