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
local function year_rent(call, purpose, area, zone, lines)
    local parameters = call.parameters
    local rates = parameters.rent_haler[purpose]
    local rate = rates and rates["zone_" .. zone]
    if not rate then return nil end
    local rent = whole_crowns(area * rate)
    lines[#lines + 1] = {"rent.rate", {purpose = {text = "purpose." .. purpose}, zone = zone,
        rate = {money = rate}}}
    lines[#lines + 1] = {"rent.year", {area = area, rate = {money = rate}, total = {money = rent}}}
    if rent < parameters.least_year_haler then
        rent = parameters.least_year_haler
        lines[#lines + 1] = {"rent.least", {least = {money = rent}}}
    end
    return rent
end

-- How many of the days of a calendar year lie between two days (both counted), and of how many.
local function days_in(from, to, year)
    local first, last = year .. "-01-01", year .. "-12-31"
    local count = days.between(from > first and from or first, to < last and to or last) + 1
    return math.max(count, 0), days.between(first, last) + 1
end

local function part_of(rent, from, to, year)
    local count, of = days_in(from, to, year)
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
    local rent = year_rent(call, answers.purpose, area, call.parameters.zone, lines)
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

-- ---- a lease that goes on ------------------------------------------------------------------------

-- The sender's lease of that number that has not ended.
local function own_lease(call)
    local record = call.answers.lease_number and call:record(call.answers.lease_number)
    if record and record.kind == "lease" and record.person == call.person.number
        and (record["until"] or call.today) >= call.today then return record end
end

-- What the lease owes for a year, and how: a change in it splits the year by days.
local function year_owed(record, year)
    local data, last = record.data, record["until"] or "9999-12-31"
    local changed = data.changed_on or record.from
    if changed < year .. "-01-01" or changed == record.from then
        local owed, count, of = part_of(data.rent_haler, record.from, last, year)
        return owed, {{key = "book.year", values = {year = year, rent = {money = data.rent_haler}, count = count, of = of}}}
    end
    local before, of = days_in(record.from, math.min(changed, last) == last and last or days.add(changed, -1), year)
    local after = days_in(changed, last, year)
    return whole_crowns((data.before_haler * before + data.rent_haler * after) // of), {
        {key = "book.before", values = {before = {money = data.before_haler}, count = before}},
        {key = "book.year", values = {year = year, rent = {money = data.rent_haler}, count = after, of = of}}}
end

-- The ledger says for the year what the record says. soonest: what is booked late is due later too.
local function assess_year(call, record, year, soonest)
    local owed, explain = year_owed(record, year)
    local due = record.from:sub(1, 4) == year and first_due(call, record.from) or year_due(call, year)
    call:ledger_assess{record = record.key, period = year, person = record.person, explain = explain,
        parts = owed > 0 and {{due = soonest and soonest > due and soonest or due, haler = owed}} or {}}
end

local function changed_lease(call, record)
    local answers, data, lines = call.answers, {}, {}
    for name, value in pairs(record.data) do data[name] = value end
    data.purpose, data.area_m2 = answers.new_purpose or data.purpose, answers.new_area_m2 or data.area_m2
    if answers.new_purpose or answers.new_area_m2 then
        data.rent_haler = year_rent(call, data.purpose, data.area_m2, data.zone, lines)
        data.changed_on, data.before_haler = answers.changed_on, record.data.rent_haler
    end
    return {key = record.key, kind = "lease", person = record.person, from = record.from, place = record.place,
        ["until"] = answers.new_until or record["until"], data = data}, lines
end

local function compute_change(call)
    local record = own_lease(call)
    if not (record and call.answers.changed_on) then return end
    local changed, lines = changed_lease(call, record)
    local year = call.answers.changed_on:sub(1, 4)
    call:set("rent_year", changed.data.rent_haler)
    call:set("difference", year_owed(changed, year) - year_owed(record, year))
    for _, line in ipairs(lines) do call:explain(line[1], line[2]) end
end

local COMPUTES = {lease = compute_lease, change = compute_change, ["end"] = compute_end}

local function compute(call)
    local own = COMPUTES[call.form.id]
    if own then own(call) end
end

-- ---- the agenda's word ---------------------------------------------------------------------------

local function check_length(call, from, to, field)
    if to >= days.add_months(from, 12 * call.parameters.max_years) then
        call:fail("bad_input", field, "too_long_lease", "The lease would be too long.")
    end
end

local function check_lease(call)
    local answers = call.answers
    if FOR_BUSINESS[answers.purpose] and answers.sender_kind == "person" then
        call:fail("bad_input", "answers.purpose", "needs_ico", "Business needs a registration number.")
    end
    check_length(call, answers.from, answers.to, "answers.to")
    -- Act No. 128/2000 Coll., section 39(1): the intent is published first.
    if answers.from <= days.add(call.today, call.parameters.notice_days) then
        call:fail("bad_input", "answers.from", "before_notice", "The intent has to be published first.")
    end
end

local function check_own(call)
    local answers, record = call.answers, own_lease(call)
    if not record then
        return call:fail("bad_input", "answers.lease_number", "unknown_lease", "You have no such lease.")
    end
    if answers.new_until then
        check_length(call, answers.changed_on, answers.new_until, "answers.new_until")
        if answers.new_until <= (record["until"] or "") then
            call:fail("bad_input", "answers.new_until", "until_not_later", "The new end has to be later.")
        end
    end
end

local CHECKS = {lease = check_lease, change = check_own, ["end"] = check_own}

local function check(call)
    local own = CHECKS[call.form.id]
    if own then own(call) end
end

local function submitted(call)
    if call.form.id == "lease" then call:set("due", first_due(call, call.answers.from)) end
end

-- ---- the register and the ledger -----------------------------------------------------------------

local function accept_lease(call)
    local answers = call.answers
    local record = {key = call.case.number, kind = "lease", from = answers.from, ["until"] = answers.to,
        place = answers.parcel, data = {purpose = answers.purpose, area_m2 = area_of(call),
            rent_haler = call.values.rent_year, zone = call.parameters.zone,
            parcel = call:get("place.parcel.number"), district = call:get("place.district.code")}}
    call:record_put(record)
    assess_year(call, record, answers.from:sub(1, 4))
end

local function late_due(call)
    return days.working(days.add(call.today, call.parameters.first_due_days))
end

local function accept_change(call)
    local record = call:record(call.answers.lease_number)
    local changed = changed_lease(call, record)
    call:record_put(changed)
    if changed.data.changed_on ~= record.data.changed_on then
        assess_year(call, changed, changed.data.changed_on:sub(1, 4), late_due(call))
    end
end

local function accept_end(call)
    local record, last = call:record(call.answers.lease_number), call.values.last_day
    call:record_end(record.key, last)
    record["until"] = last
    local year = call.today:sub(1, 4)
    if year_owed(record, year) ~= year_owed(call:record(record.key), year) then
        assess_year(call, record, year, late_due(call))
    end
end

local ACCEPTS = {lease = accept_lease, change = accept_change, ["end"] = accept_end}

local function state(call)
    local own = call.case.to == "accepted" and ACCEPTS[call.form.id]
    if own then own(call) end
end

local function assess(call)
    local record = call.record
    if record.from <= call.period_until then assess_year(call, record, call.period) end
end

return {compute = compute, check = check, submitted = submitted, state = state, assess = assess}
