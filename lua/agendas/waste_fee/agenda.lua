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

-- {day, haler} of each part: the next days of payment that are ahead.
local function parts_of(call, fee)
    local due, parts, year = call.parameters.due[call.answers.payment], {}, tonumber(call.today:sub(1, 4))
    if not due then return parts end
    local ahead = {}
    for y = year, year + 1 do
        for _, month_day in ipairs(due) do
            local day = days.working(("%04d-%s"):format(y, month_day))
            if day >= call.today and #ahead < #due then ahead[#ahead + 1] = day end
        end
    end
    local rest = fee
    for i, day in ipairs(ahead) do
        local left = #ahead - i + 1
        local part = left == 1 and rest or (rest // left + 99) // 100 * 100
        parts[i], rest = {day, part}, rest - part
    end
    return parts
end

local function compute(call)
    local fee, lines = year_fee(call)
    if not fee then return end
    call:set("fee", fee)
    for _, line in ipairs(lines) do call:explain(line[1], line[2]) end
    for _, part in ipairs(parts_of(call, fee)) do
        call:explain("fee.due", {due = {date = part[1]}, total = {money = part[2]}})
    end
end

-- Two lines of one kind are a slip: their number belongs into one.
local function check(call)
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

local function submitted(call)
    local fee = year_fee(call)
    local parts = fee and parts_of(call, fee) or {}
    if parts[1] then call:set("due", parts[1][1]) end
end

local function selftest(call)
    assert(call.parameters.litre_haler <= CAP_HALER, "parameters.litre_haler is over 1 Kč (section 10k)")
end

return {selftest = selftest, compute = compute, check = check, submitted = submitted}
