-- Stay fee: Act No. 565/1990 Coll., sections 3 to 3h. Money is integer haléře, days are "YYYY-MM-DD".
--
-- registration: who provides lodging, and where; report: the days of stay of a quarter, of which the
-- exempt ones are not paid for, explained premises by premises.

local CAP_HALER = 5000 -- section 3d: at most 50 Kč for a started day of a stay
local EXEMPT = {"exempt_young", "exempt_card", "exempt_work", "exempt_care", "exempt_service", -- section 3b
    "exempt_long"} -- section 3: stays over 60 days are not its subject; 3a: nor people registered here

-- The first day after the quarter.
local function end_of(year, quarter)
    return days.add_months(("%04d-01-01"):format(year), 3 * tonumber(quarter))
end

-- Tax Code, section 33(4): a last day that is no working day moves to the next one that is.
local function due_day(call)
    local answers = call.answers
    return days.working(days.add(end_of(answers.year, answers.quarter), call.parameters.due_day - 1))
end

local function exempt_of(item)
    local sum = 0
    for _, reason in ipairs(EXEMPT) do sum = sum + (item[reason] or 0) end
    return sum
end

-- Days of one premises that are paid for; nil while they are not answered, or cannot be.
local function paid_days(item)
    if not (item.lodging and item.nights) then return nil end
    local paid = item.nights - exempt_of(item)
    return paid >= 0 and paid or nil
end

local function compute(call)
    local answers, rate, fee = call.answers, call.parameters.day_haler, 0
    if call.form.id ~= "report" or not (answers.year and answers.quarter and answers.premises) then return end
    for _, item in ipairs(answers.premises) do
        local paid = paid_days(item)
        if not paid then return end
        fee = fee + paid * rate
        call:explain("fee.premises", {lodging = item.lodging, nights = item.nights, exempt = exempt_of(item),
            paid = paid, rate = {money = rate}, total = {money = paid * rate}})
    end
    local due = due_day(call)
    call:set("fee", fee)
    if fee > 0 then call:explain(due < call.today and "fee.late" or "fee.due", {due = {date = due}}) end
end

local function check_registration(call)
    local answers = call.answers
    if #answers.places.features ~= #answers.premises then
        call:fail("bad_input", "answers.places", "place_for_each", "Mark a place for each of the premises.")
    end
end

local function check_report(call)
    local answers, seen = call.answers, {}
    if call.today < end_of(answers.year, answers.quarter) then
        call:fail("bad_input", "answers.quarter", "not_over", "This quarter is not over yet.")
    end
    for i, item in ipairs(answers.premises) do
        if exempt_of(item) > item.nights then
            call:fail("bad_input", ("answers.premises.%d.nights"):format(i - 1), "exempt_over",
                "There are more exempt days than days of stay.")
        end
        if seen[item.lodging] then
            call:fail("bad_input", ("answers.premises.%d.lodging"):format(i - 1), "same_lodging",
                "These premises are stated above.")
        end
        seen[item.lodging] = true
    end
end

local CHECKS = {registration = check_registration, report = check_report}

local function check(call)
    local own = CHECKS[call.form.id]
    if own then own(call) end
end

local function submitted(call)
    if call.form.id ~= "report" then return end
    local due = due_day(call)
    call:set("due", due < call.today and call.today or due)
end

-- A rate over the limit of the Act is found when it is loaded, not by the first citizen.
local function selftest(call)
    assert(call.parameters.day_haler <= CAP_HALER, "parameters.day_haler is over 50 Kč (section 3d)")
end

return {selftest = selftest, compute = compute, check = check, submitted = submitted}
