-- wrk: files a submission with each request: another place, another Idempotency-Key.
--   BENCH_POINTS  file of "lon lat" lines      BENCH_BODY  answers, @PLACE@ where GeoJSON goes, @DAY@ a date
--   BENCH_SLOT    the first place and day, counted through: nobody may ask for the same place twice on one day
--   BENCH_RUN     makes the keys of this run differ from those of others
local points, counter = {}, 0
local run = os.getenv("BENCH_RUN")
local slot, tomorrow = tonumber(os.getenv("BENCH_SLOT")), os.time() + 2 * 86400
local before, after = os.getenv("BENCH_BODY"):match("^(.*)@PLACE@(.*)$")

for line in io.lines(os.getenv("BENCH_POINTS")) do
    local lon, lat = line:match("(%S+) (%S+)")
    points[#points + 1] = '{"type":"Point","coordinates":[' .. lon .. "," .. lat .. "]}"
end

function request()
    counter = counter + 1
    local headers = {["Content-Type"] = "application/json", ["Idempotency-Key"] = "bench-" .. run .. "-" .. counter}
    local number = slot + counter
    local day = os.date("%Y-%m-%d", tomorrow + math.floor(number / #points) % 700 * 86400)
    return wrk.format("POST", nil, headers, before .. points[number % #points + 1] .. after:gsub("@DAY@", day))
end
