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

-- ---- hooks -------------------------------------------------------------------------------------

local COMPUTES = {flat = compute_flat, premises = compute_premises, transfer = compute_transfer,
    sublet = compute_sublet, ["end"] = compute_end, objection = compute_objection}
local CHECKS = {flat = check_flat, premises = check_premises, transfer = check_transfer}

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

return {selftest = selftest, compute = compute, check = check, submitted = submitted}
