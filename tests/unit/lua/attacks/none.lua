-- What looks like an attack and does no harm.

--- weak_later
-- a metatable in use is not weakened afterwards
local mt, key = {}, {}
local t = setmetatable({}, mt)
mt.__mode = "k"
rawset(mt, "__gc", error)
t[{}] = "kept"
for _ = 1, 60 do local s = ("x"):rep(500000) end
assert(next(t), "the entry is gone")

--- caught
-- ordinary errors stay the script's own affair
assert(not pcall(error, "x"))
assert(select(2, pcall(error, {code = 1})).code == 1)
assert(select(2, xpcall(error, function(e) return e .. "!" end, "x")) == "x!")
assert(not pcall(string.rep))
