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

-- The premises of that number; nil where they are none, ended, or those of another IČO.
local function lodging_of(call, key)
    local record = call:record(key)
    if record and record.kind == "lodging" and not record["until"] and record.data.ico == call.answers.ico then
        return record
    end
end

local function period_of(answers)
    return ("%d-Q%s"):format(answers.year, answers.quarter)
end

local function check_known(call, item, at)
    local known = lodging_of(call, item.lodging)
    local reported = known and call:record(item.lodging .. "/" .. period_of(call.answers))
    if not known then
        call:fail("bad_input", at, "unknown_lodging", "No such premises are on record.")
    elseif reported and call.answers.report_kind == "regular" then
        call:fail("bad_input", "answers.report_kind", "reported", "There is a report for this quarter already.")
    elseif not reported and call.answers.report_kind == "corrective" then
        call:fail("bad_input", "answers.report_kind", "not_reported", "There is no report to be corrected.")
    end
end

local function check_report(call)
    local answers, seen = call.answers, {}
    if call.today < end_of(answers.year, answers.quarter) then
        call:fail("bad_input", "answers.quarter", "not_over", "This quarter is not over yet.")
    end
    for i, item in ipairs(answers.premises) do
        check_known(call, item, ("answers.premises.%d.lodging"):format(i - 1))
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

local function check_lodging(call)
    local known, ended = lodging_of(call, call.answers.lodging), call.answers.ended_on
    if not known then
        call:fail("bad_input", "answers.lodging", "unknown_lodging", "No such premises are on record.")
    elseif ended and ended < known.from then
        call:fail("bad_input", "answers.ended_on", "ends_before", "They cannot end before they began.")
    end
end

local CHECKS = {registration = check_registration, report = check_report, change = check_lodging,
    ["end"] = check_lodging}

local function check(call)
    local own = CHECKS[call.form.id]
    if own then own(call) end
end

local function submitted(call)
    if call.form.id ~= "report" then return end
    local due = due_day(call)
    call:set("due", due < call.today and call.today or due)
end

-- ---- the register and the ledger -----------------------------------------------------------------

local function accept_registration(call)
    for i, item in ipairs(call.answers.premises) do
        call:record_put{key = call.case.number .. "-" .. i, kind = "lodging", from = item.since,
            place = call.answers.places.features[i].geometry, data = {lodging_name = item.lodging_name,
                lodging_kind = item.lodging_kind, beds = item.beds, ico = call.answers.ico}}
    end
end

-- Booked to the provider, whoever filled the report in. A correction leaves what it does not change.
local function accept_report(call)
    local answers, rate, period = call.answers, call.parameters.day_haler, period_of(call.answers)
    local after = end_of(answers.year, answers.quarter)
    for _, item in ipairs(answers.premises) do
        local lodging, paid = call:record(item.lodging), paid_days(item)
        call:record_put{key = item.lodging .. "/" .. period, kind = "report", person = lodging.person,
            from = days.add_months(after, -3), ["until"] = days.add(after, -1),
            data = {lodging = item.lodging, nights = item.nights, exempt = exempt_of(item), haler = paid * rate}}
        call:ledger_assess{record = item.lodging, period = period, person = lodging.person,
            parts = paid * rate > 0 and {{due = due_day(call), haler = paid * rate}} or {},
            explain = {{key = "book.reported", values = {quarter = answers.quarter, year = answers.year, paid = paid,
                rate = {money = rate}}}}}
    end
end

local function accept_change(call)
    local answers, record = call.answers, call:record(call.answers.lodging)
    local data = record.data
    data.beds, data.lodging_kind = answers.beds or data.beds, answers.lodging_kind or data.lodging_kind
    data.lodging_name = answers.lodging_name or data.lodging_name
    call:record_put{key = record.key, kind = "lodging", person = record.person, from = record.from,
        place = record.place, data = data}
end

local function accept_end(call)
    call:record_end(call.answers.lodging, call.answers.ended_on)
end

local ACCEPTS = {registration = accept_registration, report = accept_report, change = accept_change,
    ["end"] = accept_end}

local function state(call)
    local own = call.case.to == "accepted" and ACCEPTS[call.form.id]
    if own then own(call) end
end

-- A rate over the limit of the Act is found when it is loaded, not by the first citizen.
local function selftest(call)
    assert(call.parameters.day_haler <= CAP_HALER, "parameters.day_haler is over 50 Kč (section 3d)")
end

return {selftest = selftest, compute = compute, check = check, submitted = submitted,
    state = state}
