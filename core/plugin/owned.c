/* Agendas of organizations keep to what is their organization's. */
#include "plugin/agenda.h"
#include "plugin/organization.h"

static const char *label(const struct epo_agenda *agenda) {
    return epo_pool_printf(agenda->pool, "%s/manifest.json", agenda->manifest->name);
}

static bool asked_by(const struct epo_json *organization, const char *right) {
    const struct epo_json *rights = epo_json_get(organization, "rights");
    for (uint32_t i = 0; rights && i < rights->count; i++)
        if (epo_span_is(rights->items[i]->text, right))
            return true;
    return false;
}

/* An organization is live only while all that it asks for is granted. */
unsigned epo_agenda_granted(const struct epo_agenda *agenda) {
    const struct epo_json *rights = epo_json_get(agenda->organization, "rights");
    unsigned granted = 0;
    if (!agenda->organization)
        return epo_grants_of(epo_portal_settings(agenda->portal), agenda->manifest->name);
    for (uint32_t i = 0; rights && i < rights->count; i++)
        granted |= epo_right_find(rights->items[i]->text);
    return granted;
}

static bool check_name(struct epo_agenda *agenda, struct epo_faults *faults) {
    struct epo_span name = epo_json_get_text(agenda->organization, "name");
    const char *prefix = epo_pool_printf(agenda->pool, "%.*s_", EPO_ARG(name));
    const char *situation = epo_pool_printf(agenda->pool, "%.*s/", EPO_ARG(name));
    const struct epo_manifest *manifest = agenda->manifest;
    bool good = strncmp(manifest->name, prefix, strlen(prefix)) == 0 ||
                epo_fault_add(faults, label(agenda), 1, "its name must begin with \"%s\"", prefix);
    for (size_t i = 0; i < manifest->form_count; i++)
        if (manifest->situations[i] &&
            strncmp(manifest->situations[i], situation, strlen(situation)) != 0)
            good = epo_fault_add(faults, label(agenda), 1,
                                 "the code \"%s\" of a life situation must begin with \"%s\": "
                                 "others are the city's",
                                 manifest->situations[i], situation);
    return good;
}

static bool check_office(struct epo_agenda *agenda, struct epo_span office,
                         struct epo_faults *faults) {
    return epo_organization_has_office(agenda->organization, office) ||
           epo_fault_add(faults, label(agenda), 1,
                         "\"routing\" names \"%.*s\", which is no office of its organization",
                         EPO_ARG(office));
}

bool epo_agenda_check_owned(struct epo_agenda *agenda, struct epo_faults *faults) {
    const struct epo_manifest *manifest = agenda->manifest;
    if (!agenda->organization)
        return true;
    bool good = check_name(agenda, faults);
    if (manifest->office.len)
        good = check_office(agenda, manifest->office, faults) && good;
    for (size_t i = 0; i < manifest->office_rule_count; i++)
        good = check_office(agenda, manifest->office_rules[i].office, faults) && good;
    const struct epo_json *settings =
        epo_json_get(epo_portal_settings(agenda->portal), epo_organization_settings.name);
    if (strcmp(manifest->runtime, "native") == 0 &&
        !(epo_setting_get(&epo_organization_settings, settings, "native") &&
          asked_by(agenda->organization, "native")))
        good = epo_fault_add(faults, label(agenda), 1,
                             "agendas of organizations are scripts: one in C needs "
                             "\"organizations.native\" of epo.json and the right \"native\"");
    return good;
}

struct epo_span epo_agenda_own_office(const struct epo_agenda *agenda, struct epo_span wish) {
    if (!agenda->organization || epo_organization_has_office(agenda->organization, wish))
        return wish;
    const struct epo_json *offices = epo_json_get(agenda->organization, "offices");
    return epo_json_get_text(offices->items[0], "id"); /* there is one at least */
}
