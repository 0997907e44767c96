-- Dog fee: Act No. 565/1990 Coll., section 2. Money is integer haléře, days are "YYYY-MM-DD".
--
-- registration: how much is paid for the dog this year and by when, explained line by line;
-- deregistration: the end of holding. The agenda keeps a small register of chips, so that one dog
-- is not registered twice. Rates and days come from the parameters of the district.

local CAP_HALER = 150000        -- section 2(3): at most 1,500 Kč a year,
local CAP_SENIOR_HALER = 20000  -- 200 Kč where the holder is over 65,
local CAP_NEXT_DOG = 1.5        -- for the second and each further dog half as much again
local MONTHS_UNTIL_FEE = 3      -- section 2(2): dogs older than three months

-- ---- the fee -----------------------------------------------------------------------------------

local function over_age(birth_date, day, age)
    return birth_date ~= nil and days.add_months(birth_date, age * 12) < day
end

-- What a whole year costs, with the lines that say why. from: the first day of this year's duty.
-- dog: the answers of a registration, or the data of a record, which has fields of the same names.
local function year_rate(call, dog, lines, from)
    local parameters = call.parameters
    local rate, cap = parameters.year_haler[dog.house_kind], CAP_HALER
    if rate == nil then return nil end
    lines[#lines + 1] = {"fee.house", {house = {text = "house." .. dog.house_kind}, rate = {money = rate}}}
    if over_age(dog.birth_date, from, parameters.senior_age) and parameters.senior_haler < rate then
        rate, cap = parameters.senior_haler, CAP_SENIOR_HALER
        lines[#lines + 1] = {"fee.senior", {age = parameters.senior_age, rate = {money = rate}}}
    end
    if dog.other_dogs > 0 then
        rate, cap = rate * (100 + parameters.next_dog_percent) // 100, math.tointeger(cap * CAP_NEXT_DOG)
        lines[#lines + 1] = {"fee.next_dog", {percent = parameters.next_dog_percent, rate = {money = rate}}}
    end
    return math.min(rate, cap)
end

-- The day on which the duty arises: the dog is three months old and held.
local function duty_day(dog)
    local old_enough = days.add_months(dog.dog_born, MONTHS_UNTIL_FEE)
    return dog.held_since > old_enough and dog.held_since or old_enough
end

local function whole_crowns(haler)
    return (haler + 99) // 100 * 100
end

-- {day, haler} of each instalment that on that day can still be paid in time, else one soon.
local function instalments(call, dog, fee, from, today)
    local year, dates = from:sub(1, 4), {}
    for _, month_day in ipairs(call.parameters.due[dog.payment] or call.parameters.due.once) do
        local day = days.working(year .. "-" .. month_day)
        if day >= today and day >= from then dates[#dates + 1] = day end
    end
    if #dates == 0 then
        local start = from > today and from or today
        dates[1] = days.working(days.add(start, call.parameters.notice_days))
    end
    local parts, rest = {}, fee
    for i, day in ipairs(dates) do
        local part = math.min(rest, whole_crowns(rest // (#dates - i + 1)))
        parts[i], rest = {day, part}, rest - part
    end
    return parts
end

-- This year's fee and its lines; nil while something it hangs on is not answered.
local function registration_fee(call)
    local answers, lines = call.answers, {}
    if not (answers.held_since and answers.dog_born and answers.house_kind
        and answers.other_dogs and answers.relief) then return nil end
    if answers.relief ~= "none" then
        return 0, {{"fee.exempt", {reason = {text = "relief." .. answers.relief}}}}, {}
    end
    local year, duty = call.today:sub(1, 4), duty_day(answers)
    local from = duty:sub(1, 4) < year and year .. "-01-01" or duty
    local rate = year_rate(call, answers, lines, from)
    if rate == nil then return nil end
    local months = 13 - tonumber(from:sub(6, 7))
    local fee = whole_crowns(rate * months // 12)
    if duty > call.today then lines[#lines + 1] = {"fee.later", {day = {date = duty}}} end
    if months < 12 then
        lines[#lines + 1] = {"fee.months", {months = months, rate = {money = rate}, total = {money = fee}}}
    end
    if from ~= duty then lines[#lines + 1] = {"fee.past_years", {since = {date = duty}}} end
    local parts = instalments(call, answers, fee, from, call.today)
    for _, part in ipairs(parts) do
        lines[#lines + 1] = {"fee.due", {due = {date = part[1]}, total = {money = part[2]}}}
    end
    return fee, lines, parts
end

local function compute_registration(call)
    local fee, lines = registration_fee(call)
    if fee == nil then return end
    call:set("fee", fee)
    for _, line in ipairs(lines) do call:explain(line[1], line[2]) end
end

-- ---- the agenda's word ---------------------------------------------------------------------------

local FOR_PEOPLE = {blind = true, dependent = true, card = true}

local function check_registration(call)
    local answers = call.answers
    if answers.held_since < answers.dog_born then
        call:fail("bad_input", "answers.held_since", "held_before_born",
            "The dog cannot be held before it was born.")
    end
    if answers.holder_kind == "company" and FOR_PEOPLE[answers.relief] then
        call:fail("bad_input", "answers.relief", "relief_of_person",
            "This exemption is for people only.")
    end
    if answers.chip and #call:query("find_chip", answers.chip) > 0 then
        call:fail("bad_input", "answers.chip", "chip_registered",
            "A dog with this microchip is registered already.")
    end
end

local function check_deregistration(call)
    local answers = call.answers
    if not answers.chip and not answers.tag then
        call:fail("bad_input", "answers.chip", "chip_or_tag", "Fill in the microchip or the tag.")
    end
end

-- The sender's dog by its chip or tag, while it is held.
local function own_dog(call, word)
    for _, record in ipairs(word and call:records{person = call.person.number, kind = "dog"} or {}) do
        local dog = record.data
        if (word == record.key or word == dog.chip or word == dog.tag) and not record["until"] then return record end
    end
end

local function check_change(call)
    if not own_dog(call, call.answers.dog_key) then
        call:fail("bad_input", "answers.dog_key", "unknown_dog", "You have no such dog on record.")
    end
end

local CHECKS = {registration = check_registration, deregistration = check_deregistration, change = check_change}

local function check(call)
    local own = CHECKS[call.form.id]
    if own then own(call) end
end

local function submitted(call)
    if call.form.id ~= "registration" then return end
    local fee, _, parts = registration_fee(call)
    if fee and fee > 0 then call:set("due", parts[1][1]) end
end

-- ---- the register and the ledger -----------------------------------------------------------------

local KEPT = {"dog_name", "breed", "dog_born", "held_since", "house_kind", "birth_date", "other_dogs",
    "relief", "payment", "chip", "tag"}

local function as_explained(lines)
    local explain = {}
    for i, line in ipairs(lines) do explain[i] = {key = line[1], values = line[2]} end
    return explain
end

local function month_of(day)
    return select(2, days.parts(day))
end

-- What the months of one year up to `last` cost, with its lines; nil where nothing is owed. A dog that changed in that
-- year costs what it cost up to the end of that month, then the new rate.
local function cost_of(call, dog, from, last, lines)
    local first, before = month_of(from), 0
    if dog.changed_on and dog.changed_on:sub(1, 4) == from:sub(1, 4) then
        first, before = month_of(dog.changed_on) + 1, dog.before_haler or 0
    end
    local months = math.max(month_of(last) - first + 1, 0)
    local rate = dog.relief == "none" and year_rate(call, dog, lines, from) or 0
    local cost = before + rate * months // 12
    if rate > 0 and months < 12 then
        lines[#lines + 1] = {"fee.months", {months = months, rate = {money = rate},
            total = {money = whole_crowns(rate * months // 12)}}}
    end
    if before > 0 then lines[#lines + 1] = {"fee.before_change", {before = {money = whole_crowns(before)}}} end
    return cost, rate
end

-- The first and the last day of the duty in the year; nil where there is none in it.
local function duty_in(dog, year, last)
    local from, duty = year .. "-01-01", duty_day(dog)
    if duty > from then from = duty end
    if not last or last > year .. "-12-31" then last = year .. "-12-31" end
    if from <= last then return from, last end
end

-- The ledger says for the year what the record says; today: instalments before it are past.
local function assess_year(call, record, year, today)
    local dog, lines, parts = record.data, {}, {}
    local from, last = duty_in(dog, year, record["until"])
    local cost = from and cost_of(call, dog, from, last, lines) or 0
    if cost > 0 then
        for i, part in ipairs(instalments(call, dog, whole_crowns(cost), from, today)) do
            parts[i] = {due = part[1], haler = part[2]}
        end
    end
    call:ledger_assess{record = record.key, period = year, person = record.person, parts = parts,
        explain = as_explained(lines)}
end

local function accept_registration(call)
    local answers, data, key = call.answers, {}, call.answers.chip or call.case.number
    for _, name in ipairs(KEPT) do data[name] = answers[name] end
    data.payment = data.payment or "once"
    data.district = call:get("place.district.code")
    call:record_put{key = key, kind = "dog", data = data, from = answers.held_since, place = answers.home}
    assess_year(call, {key = key, data = data}, call.today:sub(1, 4), call.today)
    if answers.chip then call:write("keep_dog", answers.chip, call.case.number, answers.held_since) end
end

-- This year's months after the end are not owed; an earlier year is assessed anew by `epo agenda assess`.
local function accept_deregistration(call)
    local answers, year = call.answers, call.today:sub(1, 4)
    local record = answers.chip and call:record(answers.chip) or own_dog(call, answers.tag)
    if answers.chip then call:write("end_dog", answers.chip, answers.ended_on) end
    if not record or record["until"] or answers.ended_on < record.from then return end
    call:record_end(record.key, answers.ended_on)
    record["until"] = answers.ended_on
    assess_year(call, record, year, year .. "-01-01")
end

-- The data of the dog after the change, and what this year costs before and after it.
local function changed_dog(call, record)
    local answers, dog, lines = call.answers, {}, {}
    local year = call.today:sub(1, 4)
    for name, value in pairs(record.data) do dog[name] = value end
    dog.house_kind, dog.relief = answers.house_kind or dog.house_kind, answers.relief or dog.relief
    dog.chip, dog.district = answers.chip or dog.chip, call:get("place.district.code") or dog.district
    local from, last = duty_in(dog, year, record["until"])
    if not (from and answers.changed_on) then return dog, 0, 0, 0, lines end
    local old = cost_of(call, record.data, from, last, {})
    if answers.changed_on >= from then
        dog.changed_on = answers.changed_on
        dog.before_haler = cost_of(call, record.data, from, answers.changed_on, {})
    end
    local new, rate = cost_of(call, dog, from, last, lines)
    return dog, rate, whole_crowns(old), whole_crowns(new), lines
end

local function compute_change(call)
    local record = own_dog(call, call.answers.dog_key)
    if not record then return end
    local _, rate, old, new, lines = changed_dog(call, record)
    call:set("rate", rate)
    call:set("difference", new - old)
    for _, line in ipairs(lines) do call:explain(line[1], line[2]) end
end

local function accept_change(call)
    local record, year = own_dog(call, call.answers.dog_key), call.today:sub(1, 4)
    if not record then return call:fail("conflict", "", "unknown_dog", "There is no such dog on record.") end
    record.data = changed_dog(call, record)
    call:record_put{key = record.key, kind = "dog", data = record.data, from = record.from, person = record.person,
        place = call.answers.home}
    assess_year(call, record, year, year .. "-01-01")
end

local ACCEPTS = {registration = accept_registration, deregistration = accept_deregistration, change = accept_change}

-- The register follows the clerk: a dog is in it once its registration is accepted.
local function state(call)
    local own = call.case.to == "accepted" and ACCEPTS[call.form.id]
    if own then own(call) end
end

-- What a dog of the register costs in one year: by started months of holding.
local function assess(call)
    assess_year(call, call.record, call.period, call.period_from)
end

local function compute(call)
    if call.form.id == "registration" then
        compute_registration(call)
    elseif call.form.id == "change" then
        compute_change(call)
    end
end

-- Rates over the limits of the Act are found when they are loaded, not by the first citizen.
local function selftest(call)
    assert(days.working("2026-05-01") == "2026-05-04", "a holiday before a weekend")
    assert(days.add_months("2024-11-30", 3) == "2025-02-28", "a short month")
    local parameters = call.parameters
    for kind, rate in pairs(parameters.year_haler) do
        assert(rate <= CAP_HALER, "parameters.year_haler." .. kind .. " is over 1,500 Kč (section 2(3))")
    end
    assert(parameters.senior_haler <= CAP_SENIOR_HALER, "parameters.senior_haler is over 200 Kč (section 2(3))")
    assert(parameters.next_dog_percent <= 50, "parameters.next_dog_percent is over 50 (section 2(3))")
end

return {selftest = selftest, compute = compute, check = check, submitted = submitted, state = state,
    assess = assess}
