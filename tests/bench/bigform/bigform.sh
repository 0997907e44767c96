# A form of 200 fields and 50 repeated groups: drawn, and checked with all its answers and drawn again. Beside libh2o
# sending the same bytes, the same form on Fastify and on Django, same client, same run. Read by tests/bench/run.

bench_bigform() {
    local agenda=$work/portal/agendas/bigform url=$base/agendas/bigform/big fastify_port django_port fastify django h2o h2o_port ask="Accept-Encoding: identity"
    "$build/epo" agenda new bigform -C "$work/portal" > /dev/null 2>&1
    node $here/bigform/make.mjs "$agenda" "$work"
    "$build/epo" check -C "$work/portal" > /dev/null
    kill -HUP "$portal"
    wait_for "$url" "$portal"
    fastify_port=$(free_port)
    NODE_ENV=production node $here/bigform/fastify.mjs "$fastify_port" "$loops" "$work/bigform.json" > "$work/fastify.log" 2>&1 &
    fastify=$! pids+=($!)
    django_port=$(free_port)
    BIGFORM=$work/bigform.json PYTHONPATH=$here/bigform /usr/bin/python3 -m gunicorn -w "$loops" -b "127.0.0.1:$django_port" --log-level error django_form:application > "$work/django.log" 2>&1 &
    django=$! pids+=($!)
    wait_for "http://127.0.0.1:$fastify_port/" "$fastify"
    wait_for "http://127.0.0.1:$django_port/" "$django"
    mkdir -p "$work/files"
    for part in blank filled; do
        post=()
        [ $part = filled ] && post=(-s "$here/bigform/post.lua")
        # what a client gets from us, for libh2o to send
        if [ $part = filled ]; then curl -fs -H "$ask" -H 'Sec-Fetch-Site: same-origin' -D "$work/head" -o "$work/files/big" --data-binary "@$work/bigform.body" "$url"
        else curl -fs -H "$ask" -D "$work/head" -o "$work/files/big" "$url"; fi
        tr -d '\r' < "$work/head" | grep -iE '^content-type:' > "$work/headers"
        h2o_port=$(free_port)
        "$build/tests/bench_h2o_hello" "$h2o_port" "$loops" "$work/files/big" "$work/headers" > "$work/h2o.log" 2>&1 &
        h2o=$! pids+=($!)
        wait_for "http://127.0.0.1:$h2o_port/" "$h2o"
        rm -f "$work"/big.*
        export BENCH_BODY=$work/bigform.body
        for _ in $(seq "$rounds"); do
            measure "$work/big.ours" "$portal" "$url" -H "$ask" "${post[@]}"
            measure "$work/big.h2o" "$h2o" "http://127.0.0.1:$h2o_port/" "${post[@]}"
            measure "$work/big.fastify" "$fastify" "http://127.0.0.1:$fastify_port/" "${post[@]}"
            measure "$work/big.django" "$django" "http://127.0.0.1:$django_port/" "${post[@]}"
        done
        row "big form $part ($(stat -c %s "$work/files/big") B)/s; bare libh2o" "$(median < "$work/big.ours")" "$(median < "$work/big.h2o")" "" "$(cpu big.ours big.h2o)"
        row "the same; Fastify" "$(median < "$work/big.ours")" "$(median < "$work/big.fastify")" "" "$(size_of "$fastify_port" $part) B, $(cpu big.ours big.fastify)"
        row "the same; Django" "$(median < "$work/big.ours")" "$(median < "$work/big.django")" "" "$(size_of "$django_port" $part) B, $(cpu big.ours big.django)"
        kill "$h2o"
        wait "$h2o" 2>/dev/null || true
    done
    kill "$fastify" "$django"
    wait "$fastify" "$django" 2>/dev/null || true
}

size_of() { # port, blank or filled: bytes of the peer's page
    if [ "$2" = filled ]; then curl -fs --data-binary "@$work/bigform.body" "http://127.0.0.1:$1/"; else curl -fs "http://127.0.0.1:$1/"; fi | wc -c
}
