-- Lease of flats and non-residential premises of the city: contracts under the Civil Code (Act No.
-- 89/2012 Coll.; sections below are its own). Money is integer haléře, days are "YYYY-MM-DD".

local DEPOSIT_RENTS = 3   -- section 2254(1): at most three rents of a month
local ADULT = 18
local PEOPLE_IN_ROOM = 3  -- of the city's own rules (sample)
local PASSED_YEARS = 2    -- section 2279(3): a lease that passed on lasts two years,
local PASSED_AGE = 70     -- without a limit for who is seventy then,
local PASSED_MINOR = 20   -- and for a minor until the age of twenty
local NOTICE_MONTHS = 3   -- section 2231(1) with 2286(1)

local function whole_crowns(haler)
    return (haler + 99) // 100 * 100
end

-- The day on which somebody reaches an age.
local function birthday(born, age)
    return days.add_months(born, 12 * age)
end

-- ---- a flat ------------------------------------------------------------------------------------

local function income_of(answers)
    local sum, persons = answers.income_haler, 1
    for _, member in ipairs(answers.household or {}) do
        sum, persons = sum + (member.member_income_haler or 0), persons + 1
    end
    return sum, persons
end

local function income_limit(call, persons)
    local limit = call.parameters.income_limit_haler
    return limit.first + (persons - 1) * limit.next
end

local function compute_flat(call)
    local answers, parameters = call.answers, call.parameters
    if not (answers.rooms and answers.income_haler) then return end
    local area, rate = parameters.flat_m2[answers.rooms], parameters.flat_month_haler["zone_" .. parameters.zone]
    if not rate then return end
    local rent = whole_crowns(area * rate)
    local income, persons = income_of(answers)
    call:set("rent_month", rent)
    call:set("deposit", rent * parameters.deposit_months)
    call:explain("flat.rent", {area = area, rate = {money = rate}, total = {money = rent}, zone = parameters.zone})
    call:explain("flat.deposit", {months = parameters.deposit_months, rent = {money = rent}})
    call:explain("flat.income", {income = {money = income}, persons = persons,
        limit = {money = income_limit(call, persons)}})
    if income > 0 then call:explain("flat.share", {percent = (rent * 100 + income // 2) // income}) end
end

local function check_flat(call)
    local answers = call.answers
    local income, persons = income_of(answers)
    if birthday(answers.birth_date, ADULT) > call.today then
        call:fail("bad_input", "answers.birth_date", "too_young", "Only an adult may apply.")
    end
    if answers.housing == "own" then
        call:fail("bad_input", "answers.housing", "own_home", "Flats are let to people who own none.")
    end
    if income > income_limit(call, persons) then
        call:fail("bad_input", "answers.income_haler", "income_over", "The income is over the limit.")
    end
    if persons > PEOPLE_IN_ROOM * tonumber(answers.rooms) then
        call:fail("bad_input", "answers.rooms", "too_small", "The flat is small for so many people.")
    end
end

-- ---- premises ----------------------------------------------------------------------------------

local function compute_premises(call)
    local answers, zone = call.answers, call.parameters.zone
    local rates = answers.use and call.parameters.premises_year_haler[answers.use]
    local rate = rates and rates["zone_" .. zone]
    if not (rate and answers.area_m2) then return end
    local rent = answers.area_m2 * rate
    call:set("rent_year", rent)
    call:set("rent_month", whole_crowns((rent + 11) // 12))
    call:explain("premises.rent", {use = {text = "use." .. answers.use}, zone = zone, area = answers.area_m2,
        rate = {money = rate}, total = {money = rent}})
end

local function check_premises(call)
    local answers = call.answers
    if answers.sender_kind == "person" then
        call:fail("bad_input", "answers.sender_kind", "needs_ico", "Premises are let to businesses.")
    end
    -- Act No. 128/2000 Coll., section 39(1): the intent is published first.
    if answers.from <= days.add(call.today, call.parameters.notice_days) then
        call:fail("bad_input", "answers.from", "before_notice", "The intent has to be published first.")
    end
end

-- ---- a lease that goes on ------------------------------------------------------------------------

local function compute_transfer(call)
    local answers = call.answers
    local passed, born = answers.died_on, answers.birth_date
    if not (passed and born and answers.relation) then return end
    if answers.joint then return call:explain("transfer.joint") end
    if birthday(born, PASSED_AGE) <= passed then
        call:explain("transfer.over_seventy")
    elseif birthday(born, ADULT) > passed then
        call:set("until", birthday(born, PASSED_MINOR))
        call:explain("transfer.minor")
    else
        call:set("until", days.add_months(passed, 12 * PASSED_YEARS))
        call:explain("transfer.two_years")
    end
    if answers.relation == "other" then call:explain("transfer.consent") end
end

local function check_transfer(call)
    local answers = call.answers
    if answers.own_flat and not answers.joint then
        call:fail("bad_input", "answers.own_flat", "own_flat", "A lease passes to who has no flat.")
    end
    if answers.lived_since > answers.died_on then
        call:fail("bad_input", "answers.lived_since", "lived_after", "They lived together only afterwards.")
    end
end

-- Section 2275(2): consent counts as given when a month has passed without an answer.
local function answer_by(call)
    return days.working(days.add_months(call.today, 1))
end

local function compute_sublet(call)
    if call.answers.lives == nil then return end
    if call.answers.lives then return call:explain("sublet.no_consent") end
    call:set("answer_by", answer_by(call))
    call:explain("sublet.month")
end

local function compute_end(call)
    local answers, last = call.answers, call.answers.ended_on
    if answers.end_kind == "notice" then
        local start = days.add_months(call.today:sub(1, 8) .. "01", 1)
        last = days.add(days.add_months(start, NOTICE_MONTHS), -1)
        call:explain("end.notice", {start = {date = start}})
    end
    if last then call:set("last_day", last) end
end

-- Months and days that the law gives for an objection.
local OBJECTIONS = {rise = {2, 0}, bill = {0, 30}, notice = {2, 0}}

local function compute_objection(call)
    local answers = call.answers
    local given = OBJECTIONS[answers.objection_kind]
    if not (given and answers.delivered_on) then return end
    local last = days.working(days.add(days.add_months(answers.delivered_on, given[1]), given[2]))
    call:set("deadline", last)
    call:explain("objection." .. answers.objection_kind)
    if last < call.today then call:explain("objection.late") end
end

-- ---- the register and the ledger -----------------------------------------------------------------

-- The sender's lease of that number that has not ended.
local function own_lease(call)
    local record = call:record(call.answers.lease_number)
    if record and record.person == call.person.number and record.kind ~= "application"
        and (record["until"] or call.today) >= call.today then return record end
end

local function check_own(call)
    local record = own_lease(call)
    if not record or (record.kind ~= "flat" and call.form.id ~= "end") then
        call:fail("bad_input", "answers.lease_number", "unknown_lease", "You have no such lease on record.")
    end
end

-- {due, haler} of each month of the year that the lease lasts in; a part of a month by its days.
local function months_of(call, record, year)
    local parts, due_day, last_day = {}, call.parameters.due_day, record["until"] or "9999-12-31"
    for month = 1, 12 do
        local first = ("%s-%02d-01"):format(year, month)
        local last = days.add(days.add_months(first, 1), -1)
        local from, to = record.from > first and record.from or first, last_day < last and last_day or last
        if from <= to then
            local of = days.between(first, last) + 1
            local rent = record.data.rent_haler * (days.between(from, to) + 1)
            local start = from > first and days.add(from, due_day) or days.add(first, due_day - 1)
            parts[#parts + 1] = {due = days.working(start), haler = whole_crowns((rent + of - 1) // of)}
        end
    end
    return parts
end

local function assess_year(call, record, year)
    if record.kind == "application" then return end
    call:ledger_assess{record = record.key, period = year, person = record.person, parts = months_of(call, record, year),
        explain = {{key = "book.rent", values = {rent = {money = record.data.rent_haler}}}}}
end

local function put_lease(call, kind, from, place, data)
    local record = {key = call.case.number, kind = kind, from = from, place = place, data = data}
    data.district = call:get("place.district.code")
    call:record_put(record)
    assess_year(call, record, from:sub(1, 4))
end

local function accept_flat(call)
    local answers = call.answers
    local _, persons = income_of(answers)
    put_lease(call, "flat", call.today, answers.flat, {rooms = answers.rooms, persons = persons,
        area_m2 = call.parameters.flat_m2[answers.rooms], rent_haler = call.values.rent_month,
        address = call:get("facts.flat.address.text")})
end

local function accept_premises(call)
    local answers = call.answers
    put_lease(call, "premises", answers.from, answers.place, {use = answers.use, area_m2 = answers.area_m2,
        rent_haler = call.values.rent_month, address = call:get("place.address.text")})
end

-- An application that waits is on the list; the flat takes its place, under the same number.
local function put_on_list(call)
    local _, persons = income_of(call.answers)
    call:record_put{key = call.case.number, kind = "application", from = call.today,
        data = {rooms = call.answers.rooms, persons = persons}}
end

local function accept_change(call)
    local record = call:record(call.answers.lease_number)
    local data = record.data
    for _, person in ipairs(call.answers.people) do
        data.persons = math.max((data.persons or 0) + (person.move == "in" and 1 or -1), 0)
    end
    call:record_put{key = record.key, kind = record.kind, person = record.person, from = record.from,
        ["until"] = record["until"], place = record.place, data = data}
end

-- What was booked for after the last day is taken back; a year that is not booked yet comes with the yearly run.
local function accept_end(call)
    local record, last = call:record(call.answers.lease_number), call.values.last_day
    call:record_end(record.key, last)
    record["until"] = last
    if #call:ledger{person = record.person, record = record.key, period = last:sub(1, 4)} > 0 then
        assess_year(call, record, last:sub(1, 4))
    end
end

local ACCEPTS = {flat = accept_flat, premises = accept_premises, change = accept_change, ["end"] = accept_end}

local function state(call)
    local own = call.case.to == "accepted" and ACCEPTS[call.form.id]
    if call.form.id == "flat" and call.case.to == "waiting" then own = put_on_list end
    if own then own(call) end
end

local function assess(call)
    if not call.period:match("^%d%d%d%d$") then
        return call:fail("bad_input", "", "whole_years", "Rent is assessed for whole years.")
    end
    assess_year(call, call.record, call.period)
end

-- ---- hooks -------------------------------------------------------------------------------------

local COMPUTES = {flat = compute_flat, premises = compute_premises, transfer = compute_transfer,
    sublet = compute_sublet, ["end"] = compute_end, objection = compute_objection}
local CHECKS = {flat = check_flat, premises = check_premises, transfer = check_transfer, sublet = check_own,
    change = check_own, ["end"] = check_own}

local function compute(call)
    local own = COMPUTES[call.form.id]
    if own then own(call) end
end

local function check(call)
    local own = CHECKS[call.form.id]
    if own then own(call) end
end

local function submitted(call)
    if call.form.id == "sublet" and not call.answers.lives then call:set("due", answer_by(call)) end
end

-- A deposit over the limit of the Code is found when it is loaded, not by the first tenant.
local function selftest(call)
    assert(call.parameters.deposit_months <= DEPOSIT_RENTS, "parameters.deposit_months is over 3 (section 2254)")
end

return {selftest = selftest, compute = compute, check = check, submitted = submitted,
    state = state, assess = assess}
