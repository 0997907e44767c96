-- A defect at a stop. What may hurt somebody is made safe within a day.

local function next_day(today)
    local year, month, day = today:match("^(%d+)-(%d+)-(%d+)$")
    local days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
    year, month, day = tonumber(year), tonumber(month), tonumber(day) + 1
    if year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0) then days[2] = 29 end
    if day > days[month] then day, month = 1, month + 1 end
    if month > 12 then month, year = 1, year + 1 end
    return ("%04d-%02d-%02d"):format(year, month, day)
end

local function submitted(call)
    if call.answers.kind == "danger" then call:set("due", next_day(call.today)) end
end

return {submitted = submitted}
