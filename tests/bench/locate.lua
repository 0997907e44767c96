-- wrk: asks for the facts of another place with each request (BENCH_POINTS: "lon lat" lines).
local paths, counter = {}, 0

for line in io.lines(os.getenv("BENCH_POINTS")) do
    local lon, lat = line:match("(%S+) (%S+)")
    paths[#paths + 1] = "/api/v1/locate?lon=" .. lon .. "&lat=" .. lat
end

function request()
    counter = counter + 1
    return wrk.format("GET", paths[counter % #paths + 1])
end
