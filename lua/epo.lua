---@meta
-- What a Lua agenda sees of the portal: typed definitions for editors (LuaLS). Never loaded by the
-- portal itself. The names are those of epo.h: what a C plugin can do, a script can do.
--
-- An agenda's main file (manifest "main": "agenda.lua") is a plain text chunk that returns one table
-- of hooks. All hooks are optional.
--
--     local function compute(call)
--         local dogs = call.answers.dog_count or 1
--         local rate = call.parameters.rate_haler
--         call:set("fee", dogs * rate)                          -- money: integer haléře
--         call:explain("fee.line", {dogs = dogs, rate = {money = rate}})
--     end
--
--     local function check(call)
--         if (call.answers.dog_count or 1) > 20 then
--             call:fail("bad_input", "answers.dog_count", "too_many_dogs", "Too many dogs.")
--         end
--     end
--
--     return {compute = compute, check = check}
--
-- The box a script runs in
-- * Lua 5.4: string, table, math, utf8, coroutine (create, resume, yield, status, isyieldable,
--   running), assert, error, ipairs, next, pairs, pcall, xpcall, select, tonumber, tostring, type,
--   setmetatable, getmetatable, rawequal, rawget, rawlen, rawset, and `days` (below). Nothing else: no io, os, debug,
--   package, require, load, dofile, print, collectgarbage, string.dump, table.move, coroutine.wrap,
--   coroutine.close, no __gc, no __mode. One file of at most 256 KiB: a script cannot load another.
-- * setmetatable takes the metamethods over as they are then: add them to the metatable before.
--   string.format takes at most 32 values.
-- * `call` is good until the hook returns; kept longer, every use of it is an error.
-- * Limits (epo.json "lua": {"cpu_ms": 100, "memory_bytes": 33554432}): one hook call may use that
--   much CPU time and its state that much memory. Over either, the call ends with an error that
--   pcall cannot catch; the next call starts in a fresh state.
-- * Several states of one script run at the same time. Globals and upvalues live in one state only
--   and may be gone at the next call: keep what must last in tables (statements) alone.
-- * An error anywhere ends this call only; file and line are in the log and on the admin page.
-- * `pairs` order is undefined, as in Lua; math.random is seeded anew for each state.

---@alias epo.rc "ok"|"bad_input"|"denied"|"not_found"|"conflict"|"busy"|"broken"|integer

--- The hooks of an agenda. A hook that returns nothing has succeeded. A hook may also return what
--- call:fail gave it
--- (`return call:fail(…)`), or a table: then each member is set as with call:set.
---@class epo.agenda
---@field selftest? fun(call: epo.call)   before the script goes live: any error keeps the old version. No tables, no places
---@field compute? fun(call: epo.call)    sets computed values of a form; shown before sending. Runs on every check of the answers, also on incomplete ones: fields may be nil
---@field check? fun(call: epo.call)      the agenda's word on the answers (they are valid by the form): call:fail(…) for each thing that is wrong. call.values is what compute set
---@field submitted? fun(call: epo.call)  just before the save: may set "office" (id), "due" ("YYYY-MM-DD"), "note"; call:write joins the save
---@field state? fun(call: epo.call)      a clerk moves the case from call.case.from to call.case.to: may refuse with call:fail; call:write joins the move
---@field assess? fun(call: epo.call)   what one record (call.record) owes for one period (call.period): posts assessments with call:ledger_post. Asked by `epo agenda assess` and on the admin page for every record that lasts into the period, under the parameters of the period's first day; asked again it must say the same under the same reference
---@field pages? table<string, fun(call: epo.call)>   manifest "pages": sets the model of templates/<page>.html
---@field routes? table<string, fun(call: epo.call)>  manifest "routes", by their "name" (default: path): sets "status" (integer, default 200) and "body" (any JSON)
---@field jobs? table<string, fun(call: epo.call)>    manifest "jobs", by "name"

--- One call of a hook. The fields are read on first use and are plain tables: changing them changes
--- nothing outside the script. Absent parts are nil.
---@class epo.call
---@field answers table<string, any>     typed answers by field id: text, integer (also money: haléře), number, boolean, "YYYY-MM-DD", list of texts (choice of many), GeoJSON table (location). A repeated group is a list of such tables: answers.dogs[1].chip. A field that was not asked or left empty is nil
---@field place table?                   facts of the form's routing place (the first location field): place.district.name, .district.code, .district.number, place.address.text, place.parcel.owner, place.public_space.zone, place.area_m2, place.in_city …
---@field facts table<string, table>     the same for each location field, by field id
---@field values table<string, any>      what compute set (in check, submitted, state)
---@field parameters table<string, any>  manifest "parameters", overridden by epo.json for the portal and for the district of the place
---@field case table?                    number, state, from, to, note (in state)
---@field request table?                 method, path, query.<name>, body (in pages and routes)
---@field account table?                 id, name, role, when somebody is signed in
---@field person table?                 number: of the sender in this agenda (compute, check, submitted, state), a fresh one where it has none; of the record's person in assess. Right "records"
---@field record table?                  in assess: key, person, kind, data, place, from, until
---@field period string?                 in assess: "2027"
---@field period_from string?            in assess: its first day
---@field period_until string?           in assess: its last day
---@field today string                   local date "2026-11-24"
---@field now_us integer                 UTC microseconds since 1970
---@field lang string                    "cs" or "en"
---@field form table?                    id, version
---@field agenda table                   name, version
local call = {}

--- Any part of the call's data by dotted path; nil where there is nothing. Cheaper than going
--- through a whole table: call:get("place.district.code").
---@param path string
---@return any
function call:get(path) end

--- Sets a member of the result: "fee", "rows.0.name" (lists count from 0 in paths). nil sets null.
--- Tables become lists where they have only the keys 1…n (an empty table is an empty list), else
--- objects with text keys.
---@param path string
---@param value boolean|integer|number|string|table|nil
function call:set(path, value) end

--- Adds one line of explanation under the computed values: a key of the agenda's texts and the
--- values for its {names}. A value may be text, an integer or number, or one of
--- {money = haléře}, {number = 12.5, decimals = 1}, {date = "2026-11-24"}, {text = "key"}: they are
--- written in the reader's language when shown.
---@param key string
---@param values? table<string, any>
function call:explain(key, values) end

--- Reports one thing that is wrong; several may be reported, all are shown.
---@param rc epo.rc        "bad_input" for the citizen's answers
---@param path string      "answers.<field>", in a repeated group counted from 0: ("answers.dogs.%d.chip"):format(i - 1); or "" for the whole form
---@param code string      stable word, looked up as "error.<code>" in the agenda's texts
---@param text? string     shown when the texts lack it
---@return integer rc      for `return call:fail(…)`
function call:fail(rc, path, code, text) end

--- A text of the agenda's catalog in the call's language, or the key itself.
---@param key string
---@return string
function call:text(key) end

--- A line in the portal's log. Codes and numbers only, never answers or names.
---@param level "debug"|"info"|"warn"|"error"
---@param event string
---@param text? string
function call:log(level, event, text) end

--- Runs a reading statement of the manifest ("statements") with its parameters $1 … $n and returns
--- all rows: a list of tables with the columns by name and by position. Needs the right "tables".
---@param statement string
---@param ... string|number|integer|boolean|nil
---@return table[] rows
function call:query(statement, ...) end

--- Runs a writing statement. In submitted and state it is kept and runs inside the save itself; in
--- routes and jobs it runs at once and is durable when this returns. Not allowed in compute, check,
--- selftest and pages.
---@param statement string
---@param ... string|number|integer|boolean|nil
function call:write(statement, ...) end

--- Facts of a point (degrees, EPSG:4326), as in call.place. Needs the right "places".
---@param lon number
---@param lat number
---@return table facts
function call:locate(lon, lat) end

--- Adds a record to the agenda's register, or puts it in the place of the one with its key. In
--- submitted, state and assess it is done with the save itself, in jobs at once; nowhere else.
--- "{number}" in the key stands for the number of the request. Without person it is
--- call.person.number, and then the sender's account is linked to that number. Right "records".
---@param record {key: string, kind: string, data: table, from: string, until?: string, person?: string, place?: table}
function call:record_put(record) end

--- The last day of a record. Where and when as call:record_put.
---@param key string
---@param day string
function call:record_end(key, day) end

--- Posts an entry into the agenda's ledger; where and when as call:record_put. haler is a whole
--- number above zero. The same reference with the same content again does nothing; with another one
--- the save fails as a conflict. Without person it is call.person.number, without day call.today (in assess the first day of the period where that is earlier).
---@param entry {kind: "assessment"|"payment"|"remission"|"refund"|"interest"|"reversal", haler: integer, reference: string, person?: string, record?: string, period?: string, day?: string, due?: string, explain?: {key: string, values?: table}[], reverses?: integer}
function call:ledger_post(entry) end

--- What a record is assessed for a period becomes these parts: an assessment that is one of them
--- stays, every other is reversed, what is missing is posted. Asked again it does nothing. Where,
--- when and whose as call:ledger_post; {} takes back all of it.
---@param wanted {record: string, period: string, parts: {due: string, haler: integer}[], person?: string, explain?: {key: string, values?: table}[]}
function call:ledger_assess(wanted) end

--- One record of the agenda, or nil.
---@param key string
---@return table? record
function call:record(key) end

--- Up to 1000 records in order of their keys, those behind `after`.
---@param which? {person?: string, kind?: string, after?: string}
---@return table[] records
function call:records(which) end

--- Entries of one person (default: call.person.number) by day, each with its id, and reversed_by
--- where it is reversed.
---@param which? {person?: string, record?: string, period?: string, kind?: string}
---@return table[] entries
function call:ledger(which) end

--- Reckoning with days, each "YYYY-MM-DD". A text that is no day is an error.
---@class epo.days
days = {}

--- The day so many days later (earlier where count is negative).
---@param day string
---@param count integer
---@return string
function days.add(day, count) end

--- The same day so many months later; where that month is shorter, its last day.
---@param day string
---@param count integer
---@return string
function days.add_months(day, count) end

--- The day itself or, where it is a weekend or a Czech public holiday, the next working day: how a
--- last day moves (tax code 280/2009, section 33(4)). With `after`: the n-th working day after it.
---@param day string
---@param after? integer
---@return string
function days.working(day, after) end

--- Days from one day to another; negative where `to` is earlier.
---@param from string
---@param to string
---@return integer
function days.between(from, to) end

--- Year, month and day as numbers.
---@param day string
---@return integer year
---@return integer month
---@return integer day
function days.parts(day) end
