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

local function compute(call)
    if call.form.id ~= "registration" then return end
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

local function check(call)
    if call.form.id == "registration" then
        check_registration(call)
    else
        check_deregistration(call)
    end
end

local function submitted(call)
    if call.form.id ~= "registration" then return end
    local fee, _, parts = registration_fee(call)
    if fee and fee > 0 then call:set("due", parts[1][1]) end
end

-- ---- the register and the ledger -----------------------------------------------------------------

local KEPT = {"dog_name", "breed", "dog_born", "held_since", "house_kind", "birth_date", "other_dogs",
    "relief", "payment", "chip"}

-- Each instalment is an entry of its own; the same dog and year give the same references.
local function post_fee(call, key, person, year, lines, parts)
    local explain = {}
    for i, line in ipairs(lines) do explain[i] = {key = line[1], values = line[2]} end
    for i, part in ipairs(parts) do
        call:ledger_post{kind = "assessment", person = person, record = key, period = year,
            due = part[1], haler = part[2], reference = ("%s/%s/%d"):format(key, year, i),
            explain = explain}
    end
end

local function accept_registration(call)
    local answers, data, key = call.answers, {}, call.answers.chip or call.case.number
    for _, name in ipairs(KEPT) do data[name] = answers[name] end
    data.district = call:get("place.district.code")
    call:record_put{key = key, kind = "dog", data = data, from = answers.held_since}
    local _, lines, parts = registration_fee(call)
    if parts then post_fee(call, key, nil, call.today:sub(1, 4), lines, parts) end
end

-- The register follows the clerk: a dog is in it once its registration is accepted.
local function state(call)
    local answers = call.answers
    if call.case.to ~= "accepted" then return end
    if call.form.id == "registration" then
        accept_registration(call)
        if answers.chip then
            call:write("keep_dog", answers.chip, call.case.number, answers.held_since)
        end
    elseif answers.chip then
        call:write("end_dog", answers.chip, answers.ended_on)
        if call:record(answers.chip) then call:record_end(answers.chip, answers.ended_on) end
    end
end

-- What a dog of the register costs in one year: by started months of holding.
local function assess(call)
    local record, lines = call.record, {}
    local dog, duty = record.data, duty_day(record.data)
    if dog.relief ~= "none" or duty > call.period_until then return end
    local from = duty > call.period_from and duty or call.period_from
    local rate = year_rate(call, dog, lines, from)
    local last = record["until"] and record["until"] < call.period_until and record["until"] or call.period_until
    if rate == nil or last < from then return end
    local months = tonumber(last:sub(6, 7)) - tonumber(from:sub(6, 7)) + 1
    local fee = whole_crowns(rate * months // 12)
    if months < 12 then
        lines[#lines + 1] = {"fee.months", {months = months, rate = {money = rate}, total = {money = fee}}}
    end
    local parts = instalments(call, dog, fee, from, call.period_from)
    post_fee(call, record.key, record.person, call.period, lines, parts)
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
