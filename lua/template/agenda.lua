-- The rules of this agenda. What a hook may ask and answer stands in epo.lua.
-- Try it: epo agenda test __name__

local function compute(call)
    local pieces = call.answers.pieces
    if not pieces then return end -- asked while the form is still being filled in, too
    local price = call.parameters.price_haler
    call:set("total", pieces * price) -- money is whole haléře
    call:explain("total.line", {pieces = pieces, price = {money = price}})
end

local function check(call)
    if call.answers.pieces > call.parameters.most_pieces then
        call:fail("bad_input", "answers.pieces", "too_many_pieces", "That is too many pieces.")
    end
end

local function selftest(call)
    assert(call.parameters.price_haler >= 0, "price_haler in the manifest is below zero")
end

-- An agenda that keeps a register and collects money has also a hook `assess`, the right "records"
-- and "records" in its manifest (core/plugin/registers.h):
--
-- local function assess(call) -- what one record owes for one period
--     call:ledger_post{kind = "assessment", person = call.record.person, record = call.record.key,
--         period = call.period, due = call.period_until, haler = call.parameters.price_haler,
--         reference = call.record.key .. "/" .. call.period}
-- end

return {compute = compute, check = check, selftest = selftest}
