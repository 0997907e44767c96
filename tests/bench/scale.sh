# Parts of tests/bench/run that need more than the demo city's portal: PostGIS beside us, a country.
# Sourced by it: uses its work folder, row, measure, median, wait_for.

# ---- facts of a place, against PostGIS with the same map and the same points ----

as_postgres() { # PostgreSQL does not run as root
    if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}
psql_() { as_postgres "$postgres/psql" -h "$cluster" -d postgres -qAtX -v ON_ERROR_STOP=1 "$@"; }

start_postgis() {
    postgres=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
    cluster=$(mktemp -d) clusters+=("$cluster")
    [ "$(id -u)" -eq 0 ] && chown postgres "$cluster"
    as_postgres "$postgres/initdb" -D "$cluster/data" -A trust --no-sync -E UTF8 --locale=C.UTF-8 > "$work/initdb.log" 2>&1 ||
        { cat "$work/initdb.log" >&2; exit 3; }
    as_postgres "$postgres/pg_ctl" -D "$cluster/data" -w -l "$cluster/log" -o "-k $cluster -c listen_addresses= \
        -c shared_buffers=512MB -c fsync=off -c jit=off -c max_connections=100" start > "$work/postgres.log" 2>&1 ||
        { cat "$work/postgres.log" "$cluster/log" >&2; exit 3; }
}
stop_postgis() { # folder
    as_postgres "$postgres/pg_ctl" -D "$1/data" -m immediate stop > /dev/null 2>&1 || true
    rm -rf "$1"
}

# What locate reads, and no more: areas without those only drawn, streets, addresses.
fill_postgis() {
    local into=(ogr2ogr -f PostgreSQL "PG:host=$cluster dbname=postgres user=$(as_postgres id -un)" "$map/map.db"
        -a_srs EPSG:5514 -nlt GEOMETRY -lco GEOMETRY_NAME=geometry -lco FID=id --config PG_USE_COPY YES)
    psql_ -c 'CREATE EXTENSION postgis' > /dev/null 2>> "$work/postgres.log"
    "${into[@]}" -nln area -dialect SQLite -sql "SELECT a.*, l.role FROM area a JOIN layer l ON l.id = a.layer WHERE l.role <> 'picture'"
    "${into[@]}" -nln street -dialect SQLite -sql "SELECT a.* FROM line a JOIN layer l ON l.id = a.layer WHERE l.role = 'street'"
    "${into[@]}" -nln address -dialect SQLite -sql "SELECT * FROM address"
    psql_ -c 'VACUUM ANALYZE' > /dev/null
}

# One script for each point: a prepared statement with the place as its parameters, all facts at once.
write_scripts() {
    local n=0 x y
    while read -r x y; do
        n=$((n + 1))
        { printf '\\set x %s\n\\set y %s\n' "$x" "$y"; cat "$here/locate.sql"; } > "$cluster/point.$(printf %03d $n)"
    done < <(head -100 "$work/points.metres")
    chmod -R a+rX "$cluster"/point.*
}
pgbench_() { # connections, seconds: places a second
    as_postgres "$postgres/pgbench" -h "$cluster" -n -M prepared -c "$1" -j 1 -T "$2" $(printf -- '-f %s ' "$cluster"/point.*) postgres 2>&1 |
        awk '/^tps/ {print $3; ok = 1} {all = all $0 "\n"} END {if (!ok) {printf "%s", all > "/dev/stderr"; exit 3}}'
}

# The codes of district and parcel, of the nearest address, and the nearest street: of us, of PostGIS.
same_facts() {
    local x y
    while read -r x y; do
        { printf '\\set x %s\n\\set y %s\n' "$x" "$y"; cat "$here/locate.sql"; } | psql_ -f - |
            awk -F'|' '{f[$1] = $2} $1 == "street" {f[$1] = $3} END {print f["district"] "|" f["parcel"] "|" f["address"] "|" f["street"]}'
    done < <(head -100 "$work/points.metres") > "$work/facts.peer"
    head -100 "$work/points" | node -e '
        const lines = require("fs").readFileSync(0, "utf8").trim().split("\n");
        (async () => {
            for (const line of lines) {
                const [lon, lat] = line.split(" "), answer = await fetch(`${process.argv[1]}/api/v1/locate?lon=${lon}&lat=${lat}`);
                const facts = await answer.json();
                console.log([facts.district?.code, facts.parcel?.id, facts.address?.id, facts.street?.name].map((x) => x ?? "").join("|"));
            }
        })();' "$base" > "$work/facts.ours"
    paste -d'\n' "$work/facts.ours" "$work/facts.peer" | awk 'NR % 2 {ours = $0; next} $0 == ours {same++} END {print same + 0}'
}

bench_postgis() {
    local same clients best=0 tried
    [ -f "$work/points.metres" ] || "$build/tests/bench_locate" "$map" 2000 1 "$work/points" > /dev/null
    say "Filling PostGIS"
    start_postgis; fill_postgis; write_scripts
    same=$(same_facts)
    [ "$same" -ge 99 ] || { echo "bench: only $same of 100 places have the same facts:" >&2; diff "$work/facts.ours" "$work/facts.peer" | head -6 >&2; exit 3; }
    for tried in 2 4 8 16; do # as many connections as it likes best
        pgbench_ $tried 1 > "$work/tried"
        if awk -v a="$(cat "$work/tried")" -v b="$best" 'BEGIN {exit !(a > b)}'; then best=$(cat "$work/tried") clients=$tried; fi
    done
    head -100 "$work/points" > "$work/points.100"
    for _ in $(seq "$rounds"); do
        BENCH_POINTS="$work/points.100" measure "$work/locate.few" "$portal" "$base/api/v1/locate" -s "$here/locate.lua"
        pgbench_ "$clients" "$seconds" >> "$work/postgis"
    done
    row "locate over HTTP, places/s; PostGIS, pgbench" "$(median < "$work/locate.few")" "$(median < "$work/postgis")" ">= 10" \
        "the same facts at $same of 100 places; $clients connections, prepared"
    stop_postgis "$cluster"
}

# ---- a country: how well and fast the search finds, how much memory it takes ----

make_country() {
    country=$work/country
    [ -d "$country" ] && return 0
    addresses=${BENCH_ADDRESSES:-300000} parcels=${BENCH_PARCELS:-$((${BENCH_ADDRESSES:-300000} / 3))}
    say "Making a country of $addresses addresses and $parcels parcels"
    "$build/epo" init "$country" > "$work/init.log" 2>&1 || { cat "$work/init.log" >&2; exit 3; }
    "$build/tests/bench_country" "$country/map" "$addresses" "$parcels" > "$work/country.log" 2>&1 || { cat "$work/country.log" >&2; exit 3; }
}
# what, value, unit, goal (">= 0.95" or "< 3"), note
figure() {
    awk -v what="$1" -v value="$2" -v unit="$3" -v goal="$4" -v note="$5" 'BEGIN {
        split(goal, g, " ")
        said = goal == "" ? "" : (g[1] == ">=" ? value >= g[2] : value < g[2]) ? goal "  met" : goal "  MISSED"
        printf "%-46s %14s %-14s %8s  %s%s\n", what, value, unit, "", said, note == "" ? "" : "  (" note ")"
    }'
}

bench_search() {
    local r
    make_country
    read -r -a r < <("$build/tests/bench_search" "$country/map" 5000)
    thousandth() { awk -v n="$1" 'BEGIN {printf "%.3f", n / 1000}'; }
    figure "search with one slip: the wanted one is first" "$(thousandth "${r[0]}")" "" ">= 0.95" "$addresses addresses, 5000 queries"
    figure "the wanted one is among five" "$(thousandth "${r[1]}")" "" "" ""
    figure "search, 99th percentile" "$(thousandth "${r[3]}")" "ms" "< 3" "median $(thousandth "${r[2]}") ms; 99th percentile of CPU $(thousandth "${r[5]}") ms"
    row "searches/s on one thread; FTS5 with trigrams" "$((1000000 / (r[2] + 1)))" "$((1000000 / (r[7] + 1)))" "" \
        "by the median; of its ${r[8]} queries it finds $(thousandth "${r[6]}") first"
}

resident() { # pid, field of /proc/PID/status: MB
    awk -v field="$2:" '$1 == field {printf "%.0f", $2 / 1000}' "/proc/$1/status"
}
bench_scale() {
    local pid port load
    make_country
    "$build/tests/bench_locate" "$country/map" 20000 1 "$work/country.points" > /dev/null
    port=$(free_port)
    "$build/epo" serve -C "$country" --listen "127.0.0.1:$port" > "$work/country.serve.log" 2>&1 &
    pid=$! pids+=($!)
    wait_for "http://127.0.0.1:$port/healthz" "$pid"
    figure "memory at rest, a country loaded" "$(resident "$pid" VmRSS)" "MB" "< 1000" "$(resident "$pid" RssAnon) MB of it not on disk; $addresses addresses, $parcels parcels"
    BENCH_POINTS="$work/country.points" wrk -t1 -c16 -d"${seconds}s" -s "$here/locate.lua" "http://127.0.0.1:$port/api/v1/locate" > /dev/null
    figure "after places all over it were asked" "$(resident "$pid" VmRSS)" "MB" "< 1000" "$(resident "$pid" RssAnon) MB of it not on disk"
    BENCH_POINTS="$work/country.points" wrk -t1 -c4 -d600s -s "$here/locate.lua" "http://127.0.0.1:$port/api/v1/locate" > /dev/null &
    load=$! pids+=($!)
    echo 5 > "/proc/$pid/clear_refs" # the peak from here on
    kill -HUP "$pid"
    until grep -q 'reload.done' "$work/country.serve.log"; do sleep 0.2; kill -0 "$pid" || exit 3; done
    figure "at most while a new map took its place" "$(resident "$pid" VmHWM)" "MB" "< 1000" "places asked at the same time; afterwards $(resident "$pid" VmRSS) MB, $(resident "$pid" RssAnon) MB not on disk"
    kill "$load" "$pid"
}
