-- Scripts that would fill the memory: each ends as lua.memory.

--- rep
("x"):rep(1 << 30)

--- rep_in_pcall
while true do pcall(string.rep, "x", 1 << 30) end

--- doubling
local s = "x"
while true do s = s .. s end

--- doubling_in_pcall
local s = "x"
while true do pcall(function() s = s .. s end) end

--- table
local t = {}
while true do t[#t + 1] = {} end

--- table_in_coroutine
local co = coroutine.create(function() local t = {} while true do t[#t + 1] = {} end end)
return coroutine.resume(co)

--- keys
local t, i = {}, 0
while true do i = i + 1 t[("k"):rep(100000) .. i] = true end

--- closures
local f
while true do local before = f f = function() return before end end

--- coroutines
local t = {}
while true do t[#t + 1] = coroutine.create(function() end) end

--- globals
-- what is kept in the state counts as well
while true do kept = {kept} end

--- gsub
local s = ("x"):rep(100000)
return s:gsub(".", s)

--- concat
local t = {}
for i = 1, 100 do t[i] = ("x"):rep(100000) end
return table.concat(t, ("y"):rep(1000000))

--- format
return string.format(("%s"):rep(32), table.unpack(setmetatable({}, {__index = function() return ("x"):rep(2000000) end}), 1, 32))

--- result
local t = {}
for i = 1, 300000 do t[i] = "\1\2\3\4\5\6\7\8" end
call:set("x", t)

--- handler
-- the error of a full state is not for xpcall to handle
xpcall(string.rep, function() while true do end end, "x", 1 << 30)
while true do end

--- recursion
local function f() return 1 + f() end
return f()
