-- Scripts that reach for what is not theirs, or stumble: each ends as lua.error with these words in its text.

--- io: 'io'
return io.anything

--- os: 'os'
return os.anything

--- package: 'package'
return package.anything

--- debug: 'debug'
return debug.anything

--- io_open: global 'io'
return io.open("/etc/passwd")

--- os_execute: global 'os'
os.execute("true")

--- require: global 'require'
require("os")

--- dofile: global 'dofile'
dofile("/etc/passwd")

--- loadfile: global 'loadfile'
loadfile("/etc/passwd")

--- load: global 'load'
load("return 1")

--- loadstring: global 'loadstring'
loadstring("return 1")

--- collectgarbage: global 'collectgarbage'
collectgarbage("stop")

--- print: global 'print'
print("x")

--- warn: global 'warn'
warn("@on")

--- newproxy: global 'newproxy'
newproxy(true)

--- string_dump: field 'dump'
return string.dump("x")

--- string_pack: field 'pack'
return string.pack("x")

--- string_unpack: field 'unpack'
return string.unpack("x")

--- string_packsize: field 'packsize'
return string.packsize("x")

--- bytecode: 'load'
return load("\27Lua", "x", "b")

--- globals_of_the_state: global 'load'
return _G._G._G.load or load()

--- table_move: field 'move'
table.move({}, 1, 1000000000, 2)

--- coroutine_close: field 'close'
coroutine.close(coroutine.create(error))

--- coroutine_wrap: field 'wrap'
coroutine.wrap(function() end)

--- math_randomseed: field 'randomseed'
math.randomseed(1)

--- finaliser: __gc is not available
setmetatable({}, {__gc = function() while true do end end})

--- weak_keys: __mode is not available
setmetatable({}, {__mode = "k"})

--- string_metatable: boolean value
getmetatable("").__index = nil

--- string_metatable_set: table expected
setmetatable("", {__index = function() return 1 end})

--- string_field: attempt to index
local s = "x"
s.rep = nil

--- library_change: a library cannot be changed
string.rep = function() return "" end

--- library_new: a library cannot be changed
math.pi2 = 6.28

--- library_rawset: a library cannot be changed
rawset(string, "rep", nil)

--- library_insert: a library cannot be changed
table.insert(table, "x")

--- library_metatable: protected metatable
setmetatable(string, {})

--- globals_metatable: protected metatable
setmetatable(_G, {__index = function() return 1 end})

--- call_metatable: table expected
setmetatable(call, {})

--- call_change: call cannot be changed
call.answers = {}

--- call_unknown: call has no 'box'
return call.box

--- call_method_of_another: epo.call expected
return call.set({}, "x", 1)

--- call_forged: epo.call expected
return call.get(setmetatable({}, {__name = "epo.call"}), "answers")

--- unpack_many: too many results to unpack
return table.unpack({}, 1, 10000000)

--- format_many: too many values
return string.format(("%g"):rep(100000), table.unpack({}, 1, 100000))

--- sort_bad_comparator: invalid order function
local t = {}
for i = 1, 100 do t[i] = i end
table.sort(t, function() return true end)

--- c_stack_overflow: C stack overflow
local function f() return (string.gsub("x", "x", f)) end
return f()

--- metatable_recursion: chain too long
local t = {}
setmetatable(t, {__index = t}) -- looks in itself
return t.x

--- pattern_too_complex: pattern too complex
return ("a"):rep(500):match(("(a)"):rep(31) .. ("a?"):rep(500))

--- too_many_captures: too many captures
return ("a"):rep(50):match(("(a)"):rep(33))

--- error_object: raised a table
error(setmetatable({}, {__tostring = function() while true do end end}))

--- error_nil: raised a nil
error()

--- result_cycle: nested more than
local t = {}
t.t = t
call:set("x", t)

--- result_function: a function cannot be set
call:set("x", {print = pairs})

--- result_not_finite: not finite
call:set("x", {1 / 0})

--- result_mixed: a key that is a number
call:set("x", {1, 2, a = 3})

--- resume_itself: x
local good, why = coroutine.resume(coroutine.running())
error(good and "went" or "x " .. why)

--- yield_outside: outside a coroutine
coroutine.yield(1)

--- return_text: invalid option
return "well"
