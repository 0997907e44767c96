-- Waste fee: Act No. 565/1990 Coll., sections 10i to 10n (waste put away from a property, counted by the
-- volume of containers). Money is integer haléře, days are "YYYY-MM-DD". What each container costs a
-- year is explained on a line of its own; the rate is a parameter.

local CAP_HALER = 100 -- section 10k: at most 1 Kč for a litre
local TIMES = {weekly = 52, fortnightly = 26, monthly = 13}
local TIMES_IN_SEASON = {weekly = 26, fortnightly = 13, monthly = 7} -- April to September

local function times_of(container)
    return (container.season and TIMES_IN_SEASON or TIMES)[container.frequency]
end

-- Litres that leave in a year, or nil while the container is not described.
local function litres_of(container)
    local volume, times = tonumber(container.volume), times_of(container)
    if not (volume and times and container.pieces) then return nil end
    return volume * times * container.pieces
end

-- The fee of a year and a line for each container that is described.
local function year_fee(call)
    local rate, fee, lines = call.parameters.litre_haler, 0, {}
    for number, container in ipairs(call.answers.containers or {}) do
        local litres = litres_of(container)
        if litres then
            fee = fee + litres * rate
            lines[#lines + 1] = {"fee.container", {number = number, pieces = container.pieces,
                volume = tonumber(container.volume), frequency = {text = "frequency." .. container.frequency},
                times = times_of(container), litres = {number = litres, decimals = 0},
                rate = {money = rate}, total = {money = litres * rate}}}
        end
    end
    if #lines == 0 then return nil end
    return fee, lines
end

local function whole_crowns(haler)
    return (haler + 99) // 100 * 100
end

local function month_of(day)
    return select(2, days.parts(day))
end

-- {due, haler} of each part: the next days of payment from `start` on.
local function parts_of(call, payment, fee, start)
    local due, parts, year = call.parameters.due[payment], {}, days.parts(start)
    if not due or fee == 0 then return parts end
    local ahead = {}
    for y = year, year + 1 do
        for _, month_day in ipairs(due) do
            local day = days.working(("%04d-%s"):format(y, month_day))
            if day >= start and #ahead < #due then ahead[#ahead + 1] = day end
        end
    end
    local rest = fee
    for i, day in ipairs(ahead) do
        local left = #ahead - i + 1
        local part = left == 1 and rest or whole_crowns(rest // left)
        parts[i], rest = {due = day, haler = part}, rest - part
    end
    return parts
end

-- The first year that is paid for, from its first day of the duty: by started months.
local function first_year(call, fee)
    local since, this_year = call.answers.since, call.today:sub(1, 4) .. "-01-01"
    local from = since and since > this_year and since or this_year
    local months = 13 - month_of(from)
    return whole_crowns(fee * months // 12), months, from
end

local function compute_payer(call)
    local fee, lines = year_fee(call)
    if not fee then return end
    local first, months, from = first_year(call, fee)
    call:set("fee", fee)
    if months < 12 then
        lines[#lines + 1] = {"fee.months", {months = months, rate = {money = fee}, total = {money = first}}}
    end
    for _, line in ipairs(lines) do call:explain(line[1], line[2]) end
    for _, part in ipairs(parts_of(call, call.answers.payment, first, from > call.today and from or call.today)) do
        call:explain("fee.due", {due = {date = part.due}, total = {money = part.haler}})
    end
end

-- ---- the register and the ledger -----------------------------------------------------------------

local function own_property(call)
    local key = call.answers.property_key
    local record = key and call:record(key)
    if record and record.person == call.person.number and not record["until"] then return record end
end

-- What the record costs in a year by started months; a change in that year splits it.
local function cost_of(call, record, year)
    local data, from, last = record.data, record.from, record["until"] or "9999-12-31"
    if from < year .. "-01-01" then from = year .. "-01-01" end
    if last > year .. "-12-31" then last = year .. "-12-31" end
    if from > last then return 0, from end
    local first, before = month_of(from), 0
    if data.changed_on and data.changed_on:sub(1, 4) == year then
        first, before = month_of(data.changed_on) + 1, data.before_haler
    end
    local months = math.max(month_of(last) - first + 1, 0)
    return before + data.litres * call.parameters.litre_haler * months // 12, from
end

-- The ledger says for the year what the record says; today: days of payment before it are past.
local function assess_year(call, record, year, today)
    local cost, from = cost_of(call, record, year)
    local rate = call.parameters.litre_haler
    call:ledger_assess{record = record.key, period = year, person = record.person,
        parts = parts_of(call, record.data.payment, whole_crowns(cost), from > today and from or today),
        explain = {{key = "book.year", values = {litres = {number = record.data.litres, decimals = 0},
            rate = {money = rate}, total = {money = record.data.litres * rate}}}}}
end

local function litres_of_all(containers)
    local sum = 0
    for _, container in ipairs(containers) do sum = sum + litres_of(container) end
    return sum
end

local function accept_payer(call)
    local answers = call.answers
    local record = {key = call.case.number, kind = "property", from = answers.since, place = answers.place,
        data = {property_kind = answers.property_kind, residents = answers.residents, payment = answers.payment,
            litres = litres_of_all(answers.containers), address = call:get("place.address.text"),
            district = call:get("place.district.code")}}
    call:record_put(record)
    assess_year(call, record, call.today:sub(1, 4), call.today)
end

local function changed_property(call, record)
    local answers, data, year = call.answers, {}, call.today:sub(1, 4)
    for name, value in pairs(record.data) do data[name] = value end
    data.litres, data.property_kind = litres_of_all(answers.containers), answers.property_kind
    data.residents = answers.residents
    if answers.changed_on >= year .. "-01-01" and answers.changed_on >= record.from then
        data.changed_on = answers.changed_on
        data.before_haler = cost_of(call, {from = record.from, ["until"] = answers.changed_on, data = record.data}, year)
    end
    return {key = record.key, kind = "property", person = record.person, from = record.from, place = answers.place,
        data = data}
end

local function compute_change(call)
    local fee, lines = year_fee(call)
    if not fee then return end
    call:set("fee", fee)
    for _, line in ipairs(lines) do call:explain(line[1], line[2]) end
    local record, year = own_property(call), call.today:sub(1, 4)
    if not (record and call.answers.changed_on) or #lines < #call.answers.containers then return end
    local changed = changed_property(call, record)
    call:set("difference", whole_crowns(cost_of(call, changed, year)) - whole_crowns(cost_of(call, record, year)))
end

local function accept_change(call)
    local record, year = call:record(call.answers.property_key), call.today:sub(1, 4)
    local changed = changed_property(call, record)
    call:record_put(changed)
    assess_year(call, changed, year, year .. "-01-01")
end

local function accept_end(call)
    local record, year = call:record(call.answers.property_key), call.today:sub(1, 4)
    call:record_end(record.key, call.answers.ended_on)
    record["until"] = call.answers.ended_on
    assess_year(call, record, year, year .. "-01-01")
end

local ACCEPTS = {payer = accept_payer, change = accept_change, ["end"] = accept_end}

local function state(call)
    local own = call.case.to == "accepted" and ACCEPTS[call.form.id]
    if own then own(call) end
end

local function assess(call)
    assess_year(call, call.record, call.period, call.period_from)
end

-- ---- the agenda's word ---------------------------------------------------------------------------

-- Two lines of one kind are a slip: their number belongs into one.
local function check_containers(call)
    local seen = {}
    for i, container in ipairs(call.answers.containers) do
        local kind = container.volume .. "/" .. container.frequency .. "/" .. tostring(container.season)
            .. "/" .. (container.stand or "")
        if seen[kind] then
            call:fail("bad_input", ("answers.containers.%d.volume"):format(i - 1), "same_container",
                "Such a container is described above.")
        end
        seen[kind] = true
    end
end

local function check_change(call)
    check_containers(call)
    if not own_property(call) then
        call:fail("bad_input", "answers.property_key", "unknown_property", "You have no such property on record.")
    end
end

local function check_end(call)
    local record = call:record(call.answers.property_key)
    if not record or record["until"] then
        call:fail("bad_input", "answers.property_key", "unknown_property", "There is no such property on record.")
    elseif call.answers.ended_on < record.from then
        call:fail("bad_input", "answers.ended_on", "ends_before", "It cannot end before it began.")
    end
end

local COMPUTES = {payer = compute_payer, change = compute_change}
local CHECKS = {payer = check_containers, change = check_change, ["end"] = check_end}

local function compute(call)
    local own = COMPUTES[call.form.id]
    if own then own(call) end
end

local function check(call)
    local own = CHECKS[call.form.id]
    if own then own(call) end
end

local function submitted(call)
    if call.form.id ~= "payer" then return end
    local fee = first_year(call, year_fee(call))
    local since = call.answers.since
    local parts = parts_of(call, call.answers.payment, fee, since > call.today and since or call.today)
    if parts[1] then call:set("due", parts[1].due) end
end

local function selftest(call)
    assert(call.parameters.litre_haler <= CAP_HALER, "parameters.litre_haler is over 1 Kč (section 10k)")
end

return {selftest = selftest, compute = compute, check = check, submitted = submitted, state = state, assess = assess}
