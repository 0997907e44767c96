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
local function year_rate(call, lines, from)
    local answers, parameters = call.answers, call.parameters
    local rate, cap = parameters.year_haler[answers.house_kind], CAP_HALER
    if rate == nil then return nil end
    lines[#lines + 1] = {"fee.house", {house = {text = "house." .. answers.house_kind}, rate = {money = rate}}}
    if over_age(answers.birth_date, from, parameters.senior_age) and parameters.senior_haler < rate then
        rate, cap = parameters.senior_haler, CAP_SENIOR_HALER
        lines[#lines + 1] = {"fee.senior", {age = parameters.senior_age, rate = {money = rate}}}
    end
    if answers.other_dogs > 0 then
        rate, cap = rate * (100 + parameters.next_dog_percent) // 100, math.tointeger(cap * CAP_NEXT_DOG)
        lines[#lines + 1] = {"fee.next_dog", {percent = parameters.next_dog_percent, rate = {money = rate}}}
    end
    return math.min(rate, cap)
end

-- The day on which the duty arises: the dog is three months old and held.
local function duty_day(answers)
    local old_enough = days.add_months(answers.dog_born, MONTHS_UNTIL_FEE)
    return answers.held_since > old_enough and answers.held_since or old_enough
end

local function whole_crowns(haler)
    return (haler + 99) // 100 * 100
end

-- {day, haler} of each instalment that can still be paid in time, else one soon.
local function instalments(call, fee, from)
    local year, dates = from:sub(1, 4), {}
    for _, month_day in ipairs(call.parameters.due[call.answers.payment] or call.parameters.due.once) do
        local day = days.working(year .. "-" .. month_day)
        if day >= call.today and day >= from then dates[#dates + 1] = day end
    end
    if #dates == 0 then
        local start = from > call.today and from or call.today
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
    local rate = year_rate(call, lines, from)
    if rate == nil then return nil end
    local months = 13 - tonumber(from:sub(6, 7))
    local fee = whole_crowns(rate * months // 12)
    if duty > call.today then lines[#lines + 1] = {"fee.later", {day = {date = duty}}} end
    if months < 12 then
        lines[#lines + 1] = {"fee.months", {months = months, rate = {money = rate}, total = {money = fee}}}
    end
    if from ~= duty then lines[#lines + 1] = {"fee.past_years", {since = {date = duty}}} end
    local parts = instalments(call, fee, from)
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

-- The register follows the clerk: a dog is in it once its registration is accepted.
local function state(call)
    local answers = call.answers
    if call.case.to ~= "accepted" or not answers.chip then return end
    if call.form.id == "registration" then
        call:write("keep_dog", answers.chip, call.case.number, answers.held_since)
    else
        call:write("end_dog", answers.chip, answers.ended_on)
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

return {selftest = selftest, compute = compute, check = check, submitted = submitted, state = state}
