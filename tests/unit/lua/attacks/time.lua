-- Scripts that would run for ever, or nearly: each ends as lua.time. Each part is the body of compute(call).

--- loop
while true do end

--- loop_in_pcall
pcall(function() while true do end end)
while true do end

--- loop_of_pcalls
-- each pcall catches the end of the budget, if it may
while true do pcall(function() while true do end end) end

--- pcall_recursion
local function f() pcall(f) pcall(f) pcall(f) end
f()

--- error_recursion
local function f(n) local good, why = pcall(error, n) return f(n + 1) end
f(0)

--- xpcall_handler
-- the handler of the error that ends the budget would run inside the hook, where hooks are off
xpcall(function() while true do end end, function() while true do end end)

--- xpcall_handler_again
local function handler(e) xpcall(function() while true do end end, handler) while true do end end
while true do xpcall(function() while true do end end, handler) end

--- coroutine_loop
local co = coroutine.create(function() while true do end end)
coroutine.resume(co)
while true do end

--- coroutine_nested
local function nest(n)
    local co = coroutine.create(function() if n > 0 then nest(n - 1) end while true do end end)
    coroutine.resume(co)
    while true do end
end
nest(20)

--- coroutine_ping_pong
-- the one that runs changes all the time: the signal must find it
local co = coroutine.create(function() while true do coroutine.yield() end end)
while true do coroutine.resume(co) end

--- coroutine_pcall_yield
local co = coroutine.create(function() while true do pcall(coroutine.yield) end end)
while true do pcall(coroutine.resume, co) end

--- coroutines_without_end
while true do coroutine.resume(coroutine.create(function() coroutine.yield() end)) end

--- close_handler
local x <close> = setmetatable({}, {__close = function() while true do end end})
error("first")

--- close_handlers
-- a handler that begins when the budget's end unwinds the stack
local function again() while true do end end
local a <close> = setmetatable({}, {__close = again})
local b <close> = setmetatable({}, {__close = function() pcall(again) again() end})
again()

--- metamethods
local t = setmetatable({}, {__index = function(t, k) return t[k + 1] or t[k - 1] end})
while true do pcall(function() return t[1] end) end

--- tostring
local t = setmetatable({}, {__tostring = function() while true do end end})
return tostring(t)

--- goto_back
::again:: goto again

--- recursion_in_coroutines
local function f(n) return coroutine.resume(coroutine.create(function() return f(n + 1) end)) end
while true do f(1) end

--- deep_then_loop
-- the signal handler walks all frames of the stack, every time
local function f(n) if n == 0 then while true do end end return 1 + f(n - 1) end
f(150000)

--- find_nested_lazy
local s = ("a"):rep(28)
s:find((".-"):rep(14) .. "b")

--- find_three_lazy
(("x"):rep(3000)):find(".-.-.-b")

--- find_in_pcall
while true do pcall(string.find, ("x"):rep(3000), ".-.-.-b") end

--- match_optionals
local n = 28
return ("a"):rep(n):match(("a?"):rep(n) .. ("a"):rep(n) .. "b")

--- match_captures
return ("a"):rep(5000):match("((a*)(a*)(a*)b)")

--- match_back_references
return ("a"):rep(4000):match("(a*)%1(a*)%2b")

--- match_balanced
return ("("):rep(200000):match("%b()x")

--- match_long_set
return ("a"):rep(100000):match("[" .. ("b-c"):rep(30000) .. "]*d")

--- gmatch_empty
for _ in ("x"):rep(1000000):gmatch(".-.-%f[y]") do end

--- gsub_megabyte
local s = ("x"):rep(1000000)
while true do s:gsub(".", "y") end

--- gsub_callback
(("x"):rep(1000)):gsub(".", function() while true do end end)

--- gsub_replacement
-- ten million captures of nothing in one replacement
local text = ("%1"):rep(7000000);
("a"):gsub("(a-)", text)

--- concat_megabytes
local t = {}
for i = 1, 1000000 do t[i] = "x" end
while true do table.concat(t) end

--- concat_far
-- each item is 1,990 tables away
local t = {}
for i = 1, 900000 do t[i] = "" end
for _ = 1, 1990 do t = setmetatable({}, {__index = t}) end
table.concat(t, "", 1, 900000)

--- unpack_far
local t = {}
for i = 1, 200000 do t[i] = "" end
for _ = 1, 1990 do t = setmetatable({}, {__index = t}) end
while true do local count = select("#", table.unpack(t, 1, 200000)) end

--- insert_length
local t = setmetatable({}, {__len = function() return math.maxinteger - 1 end})
table.insert(t, 1, "x")

--- remove_length
local t = setmetatable({}, {__len = function() return math.maxinteger end})
table.remove(t, 1)

--- concat_length
local t = setmetatable({}, {__len = function() return 1000000000 end, __index = function() return "" end})
table.concat(t)

--- sort_comparator
local t = {}
for i = 1, 1000 do t[i] = i end
table.sort(t, function(a, b) while true do end end)

--- sort_long_texts
local t, text = {}, ("x"):rep(300000)
for i = 1, 50 do t[i] = text .. i % 7 end
while true do table.sort(t) end

--- compare_long_texts
local a, b = ("a"):rep(8000000) .. "b", ("a"):rep(8000000) .. "c"
while a < b do end

--- strings
while true do ("Příliš"):upper():lower():reverse():sub(2):byte(1, -1) end

--- rep_of_nothing
while true do (""):rep(math.maxinteger) end

--- utf8
local s = ("ž"):rep(1000000)
while true do utf8.len(s) end

--- next_over_holes
-- next goes over a million freed places each time
local t = {}
for i = 1, 500000 do t["k" .. i % 1000 + i] = i end
for k in pairs(t) do t[k] = nil end
while true do next(t) end

--- result_of_itself
-- two to the power of thirty values
local t = {1}
for _ = 1, 30 do t = {t, t} end
call:set("x", t)

--- many_results
for i = 1, math.maxinteger do call:set("x", i) end
