-- Guided programmes of the zoo: a guide for each started thirty, admission of a group, one adult for
-- fifteen children free of charge. Prices are parameters, in haléře.

local PER_GUIDE, PER_FREE, LEAST, MOST, DAYS_BEFORE = 30, 15, 8, 60, 7

local function price(call)
    local children, adults = call.answers.children, call.answers.adults
    if not (children and adults) then return nil end
    local p = call.parameters
    local guides = (children + adults + PER_GUIDE - 1) // PER_GUIDE
    local paying = math.max(0, adults - children // PER_FREE)
    return guides, paying, guides * p.guide_haler + children * p.child_haler + paying * p.adult_haler
end

local function compute(call)
    local guides, paying, total = price(call)
    if not guides then return end
    local p = call.parameters
    call:set("price", total)
    call:explain("price.guide", {n = guides, rate = {money = p.guide_haler}})
    call:explain("price.children", {n = call.answers.children, rate = {money = p.child_haler}})
    call:explain("price.adults", {n = paying, rate = {money = p.adult_haler}})
end

local function check(call)
    local people = call.answers.children + call.answers.adults
    if people < LEAST or people > MOST then
        call:fail("bad_input", "answers.children", "group_size", "A group has 8 to 60 people.")
    end
    if call.answers.adults * PER_FREE < call.answers.children then
        call:fail("bad_input", "answers.adults", "few_adults", "There must be an adult for 15 children.")
    end
    if days.between(call.today, call.answers.day) < DAYS_BEFORE then
        call:fail("bad_input", "answers.day", "too_soon", "A programme is booked 7 days before.")
    end
end

local function selftest(call)
    assert(call.parameters.child_haler <= call.parameters.adult_haler, "a child costs more than an adult")
end

return {selftest = selftest, compute = compute, check = check}
