/* An agenda in the words of schema.org: search engines and assistants answer from it. Addresses are
 * absolute where epo.json names the portal's own, else they count from the page. */
#include "http/life.h"

static struct epo_json *thing(struct epo_pool *pool, const char *type, struct epo_span name) {
    struct epo_json *made = epo_json_object(pool);
    epo_json_set_string(pool, made, "@type", type);
    if (name.len > 0)
        epo_json_set_text(pool, made, "name", name);
    return made;
}

static const struct epo_json *city(struct epo_request *request) {
    return epo_json_get(epo_portal_settings(request->portal), "city");
}

static const char *address(struct epo_request *request, const char *path) {
    return epo_pool_printf(
        request->pool, "%.*s%s",
        EPO_ARG(epo_json_get_text(epo_portal_settings(request->portal), "address")), path);
}

static struct epo_span area_name(struct epo_request *request) {
    const struct epo_json *area = epo_json_get(city(request), "area");
    return epo_json_localized(area != NULL ? area : epo_json_get(city(request), "name"),
                              request->lang);
}

static struct epo_json *languages(struct epo_pool *pool) {
    struct epo_json *both = epo_json_array(pool);
    epo_json_push(pool, both, epo_json_string(pool, "cs"));
    epo_json_push(pool, both, epo_json_string(pool, "en"));
    return both;
}

static struct epo_json *place_of(struct epo_pool *pool, const struct epo_json *point) {
    struct epo_json *geo = thing(pool, "GeoCoordinates", EPO_SPAN(""));
    epo_json_set(pool, geo, "latitude", epo_json_copy(pool, point->items[1]));
    epo_json_set(pool, geo, "longitude", epo_json_copy(pool, point->items[0]));
    return geo;
}

static struct epo_json *office(struct epo_request *request, const struct epo_json *settings) {
    static const char *const SAME[][2] = {
        {"address", "address"}, {"phone", "telephone"}, {"email", "email"}};
    struct epo_pool *pool = request->pool;
    struct epo_json *made =
        thing(pool, "GovernmentOffice",
              epo_json_localized(epo_json_get(settings, "name"), request->lang));
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
        struct epo_span text =
            epo_json_localized(epo_json_get(settings, SAME[i][0]), request->lang);
        if (text.len > 0)
            epo_json_set_text(pool, made, SAME[i][1], text);
    }
    if (epo_json_get(settings, "opening") != NULL)
        epo_json_set(pool, made, "openingHours",
                     epo_json_copy(pool, epo_json_get(settings, "opening")));
    if (epo_json_get(settings, "point") != NULL)
        epo_json_set(pool, made, "geo", place_of(pool, epo_json_get(settings, "point")));
    const struct epo_json *districts = epo_json_get(settings, "districts");
    struct epo_json *served = epo_json_array(pool);
    for (uint32_t i = 0; districts != NULL && i < districts->count; i++) {
        struct epo_json *area = thing(pool, "AdministrativeArea", EPO_SPAN(""));
        epo_json_set(pool, area, "identifier", epo_json_copy(pool, districts->items[i]));
        epo_json_push(pool, served, area);
    }
    if (served->count > 0)
        epo_json_set(pool, made, "areaServed", served);
    return made;
}

static bool is_open_to(const struct epo_json *situation, const char *channel) {
    const struct epo_json *channels = epo_json_get(situation, "channels");
    for (uint32_t i = 0; channels != NULL && i < channels->count; i++)
        if (epo_span_is(channels->items[i]->text, channel))
            return true;
    return false;
}

static struct epo_json *channels(struct epo_request *request, const struct epo_agenda *agenda,
                                 const struct epo_json *situation) {
    struct epo_pool *pool = request->pool;
    struct epo_json *all = epo_json_array(pool);
    const struct epo_json *offices = epo_page_agenda_offices(request, agenda);
    for (size_t i = 0; i < epo_agenda_form_count(agenda); i++) {
        const struct epo_form *form = epo_agenda_form(agenda, i);
        struct epo_json *channel =
            thing(pool, "ServiceChannel", epo_form_title(form, request->lang));
        const char *path =
            epo_pool_printf(pool, "/agendas/%s/%s", epo_agenda_name(agenda), epo_form_id(form));
        epo_json_set_string(pool, channel, "serviceUrl", address(request, path));
        epo_json_set(pool, channel, "availableLanguage", languages(pool));
        epo_json_push(pool, all, channel);
    }
    for (uint32_t i = 0; is_open_to(situation, "counter") && i < offices->count; i++) {
        struct epo_json *channel = thing(pool, "ServiceChannel", EPO_SPAN(""));
        epo_json_set(pool, channel, "serviceLocation", office(request, offices->items[i]));
        epo_json_push(pool, all, channel);
    }
    return all;
}

static struct epo_json *offer(struct epo_request *request, const struct epo_agenda *agenda,
                              const struct epo_json *cost) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *czk = epo_json_get(cost, "czk");
    struct epo_json *made = thing(pool, "Offer", EPO_SPAN(""));
    struct epo_json *price = thing(pool, "PriceSpecification", EPO_SPAN(""));
    epo_json_set_text(pool, made, "description", epo_life_short(request, agenda, "cost"));
    if (czk == NULL)
        return made;
    epo_json_set_string(pool, price, "priceCurrency", "CZK");
    if (czk->items[0]->integer == czk->items[1]->integer) {
        epo_json_set_integer(pool, price, "price", czk->items[0]->integer);
    } else {
        epo_json_set_integer(pool, price, "minPrice", czk->items[0]->integer);
        epo_json_set_integer(pool, price, "maxPrice", czk->items[1]->integer);
    }
    epo_json_set(pool, made, "priceSpecification", price);
    return made;
}

static struct epo_json *audiences(struct epo_request *request, const struct epo_json *situation) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *words = epo_json_get(situation, "audience");
    struct epo_json *all = epo_json_array(pool);
    for (uint32_t i = 0; words != NULL && i < words->count; i++) {
        const char *key =
            epo_pool_printf(pool, "life.audience.%.*s", EPO_ARG(words->items[i]->text));
        struct epo_json *audience = thing(pool, "Audience", EPO_SPAN(""));
        epo_json_set_text(pool, audience, "audienceType", epo_page_text(request, key));
        epo_json_push(pool, all, audience);
    }
    return all;
}

struct epo_json *epo_life_linked_data(struct epo_request *request,
                                      const struct epo_agenda *agenda) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *manifest = epo_agenda_manifest(agenda);
    const struct epo_json *situation = epo_json_get(manifest, "life_situation");
    struct epo_json *made = epo_json_object(pool);
    epo_json_set_string(pool, made, "@context", "https://schema.org");
    epo_json_set_string(pool, made, "@type", "GovernmentService");
    epo_json_set_text(pool, made, "name", epo_agenda_title(agenda, request->lang));
    epo_json_set_text(pool, made, "description",
                      epo_json_localized(epo_json_get(manifest, "summary"), request->lang));
    epo_json_set_string(
        pool, made, "url",
        address(request, epo_pool_printf(pool, "/agendas/%s", epo_agenda_name(agenda))));
    struct epo_span group = epo_json_localized(epo_json_get(manifest, "group"), request->lang);
    if (group.len > 0)
        epo_json_set_text(pool, made, "serviceType", group);
    epo_json_set(pool, made, "provider", thing(pool, "GovernmentOrganization", area_name(request)));
    epo_json_set(pool, made, "areaServed", thing(pool, "AdministrativeArea", area_name(request)));
    epo_json_set(pool, made, "availableChannel", channels(request, agenda, situation));
    if (situation == NULL)
        return made;
    epo_json_set(pool, made, "audience", audiences(request, situation));
    epo_json_set(pool, made, "offers", offer(request, agenda, epo_json_get(situation, "cost")));
    return made;
}
