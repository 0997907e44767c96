-- wrk: files a submission with each request: another place, another Idempotency-Key.
--   BENCH_POINTS  file of "lon lat" lines      BENCH_BODY  answers, @PLACE@ where GeoJSON goes, @DAY@ a date
--   BENCH_SLOT    the first place and day, counted through: nobody may ask for the same place twice on one day
--   BENCH_RUN     makes the keys of this run differ from those of others
--   BENCH_READY   how many requests are made before the clock runs
local points, counter = {}, 0
local run = os.getenv("BENCH_RUN")
local slot, tomorrow = tonumber(os.getenv("BENCH_SLOT")), os.time() + 2 * 86400
local before, after = os.getenv("BENCH_BODY"):match("^(.*)@PLACE@(.*)$")

for line in io.lines(os.getenv("BENCH_POINTS")) do
    local lon, lat = line:match("(%S+) (%S+)")
    points[#points + 1] = '{"type":"Point","coordinates":[' .. lon .. "," .. lat .. "]}"
end

local function make(number)
    local headers = {["Content-Type"] = "application/json", ["Idempotency-Key"] = "bench-" .. run .. "-" .. number}
    local day = os.date("%Y-%m-%d", tomorrow + math.floor((slot + number) / #points) % 700 * 86400)
    return wrk.format("POST", nil, headers, before .. points[(slot + number) % #points + 1] .. after:gsub("@DAY@", day))
end

-- Before the clock runs: the client shares the processors with the server, as the bare inserts have no client.
local ready = {}
function init()
    for number = 1, tonumber(os.getenv("BENCH_READY")) do ready[number] = make(number) end
end

function request()
    counter = counter + 1
    return ready[counter] or make(counter)
end
