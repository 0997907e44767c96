-- Lease of the city's land: contracts under the Civil Code, published beforehand by section 39 of Act
-- No. 128/2000 Coll. Money is integer haléře, days are "YYYY-MM-DD".
--
-- The rent is m² × rate of purpose and zone, at least the least one, in whole crowns; of a year that
-- the lease does not last whole it is paid by days. Rates and the zone are parameters of the district.

local FOR_BUSINESS = {advertising = true, business = true}
local NOTICE_MONTHS = 3 -- Civil Code, section 2231(1): notice of a lease of immovable things

local function whole_crowns(haler)
    return (haler + 50) // 100 * 100
end

-- Started square metres of what was chosen or drawn; a slip of the drawing under half a dm² is none.
local function area_of(call)
    local area = call:get("place.area_m2")
    return area and math.ceil(area - 0.005)
end

-- The rent of a whole year and the lines that say why; nil where a rate is missing.
local function year_rent(call, purpose, area, lines)
    local parameters = call.parameters
    local zone = "zone_" .. parameters.zone
    local rate = parameters.rent_haler[purpose] and parameters.rent_haler[purpose][zone]
    if not rate then return nil end
    local rent = whole_crowns(area * rate)
    lines[#lines + 1] = {"rent.rate", {purpose = {text = "purpose." .. purpose}, zone = parameters.zone,
        rate = {money = rate}}}
    lines[#lines + 1] = {"rent.year", {area = area, rate = {money = rate}, total = {money = rent}}}
    if rent < parameters.least_year_haler then
        rent = parameters.least_year_haler
        lines[#lines + 1] = {"rent.least", {least = {money = rent}}}
    end
    return rent
end

-- What is paid for the days of one calendar year that lie between two days (both counted), with how
-- many of how many days they are.
local function part_of(rent, from, to, year)
    local first, last = year .. "-01-01", year .. "-12-31"
    local of = days.between(first, last) + 1
    local count = days.between(from > first and from or first, to < last and to or last) + 1
    if count <= 0 then return 0, 0, of end
    return whole_crowns(rent * count // of), count, of
end

local function first_due(call, from)
    return days.working(days.add(from, call.parameters.first_due_days))
end

local function year_due(call, year)
    return days.working(year .. "-" .. call.parameters.due_month_day)
end

local function compute_lease(call)
    local answers, area, lines = call.answers, area_of(call), {}
    if not (area and answers.purpose and answers.from and answers.to) then return end
    local rent = year_rent(call, answers.purpose, area, lines)
    if not rent then return end
    local year = answers.from:sub(1, 4)
    local first, count, of = part_of(rent, answers.from, answers.to, year)
    if count < of then
        lines[#lines + 1] = {"rent.first", {year = year, count = count, of = of, rent = {money = rent},
            total = {money = first}}}
    end
    lines[#lines + 1] = {"rent.due", {due = {date = first_due(call, answers.from)}}}
    local next_year = ("%04d"):format(tonumber(year) + 1)
    if answers.to >= next_year then
        lines[#lines + 1] = {"rent.later", {due = {date = year_due(call, next_year)}}}
    end
    call:set("rent_year", rent)
    call:set("rent_first", first)
    for _, line in ipairs(lines) do call:explain(line[1], line[2]) end
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

local COMPUTES = {lease = compute_lease, ["end"] = compute_end}

local function compute(call)
    local own = COMPUTES[call.form.id]
    if own then own(call) end
end

local function check(call)
    local answers, parameters = call.answers, call.parameters
    if call.form.id ~= "lease" then return end
    if FOR_BUSINESS[answers.purpose] and answers.sender_kind == "person" then
        call:fail("bad_input", "answers.purpose", "needs_ico", "Business needs a registration number.")
    end
    if answers.to >= days.add_months(answers.from, 12 * parameters.max_years) then
        call:fail("bad_input", "answers.to", "too_long_lease", "The lease would be too long.")
    end
    -- Act No. 128/2000 Coll., section 39(1): the intent is published first.
    if answers.from <= days.add(call.today, parameters.notice_days) then
        call:fail("bad_input", "answers.from", "before_notice", "The intent has to be published first.")
    end
end

local function submitted(call)
    if call.form.id == "lease" then call:set("due", first_due(call, call.answers.from)) end
end

return {compute = compute, check = check, submitted = submitted}
