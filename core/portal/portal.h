/* What the portal knows: the shared state of a running portal, one for each process. Rooms above
 * get a pointer. Created in main, then read-only except through the functions of this room. */
#ifndef EPO_PORTAL_PORTAL_H
#define EPO_PORTAL_PORTAL_H

#include "base/error.h"
#include "base/json.h"
#include "base/token.h"
#include "maps/maps.h"
#include "store/store.h"
#include "view/view.h"

#define EPO_TENANT_SIZE 32
#define EPO_SECRET_SIZE 32

/* One municipality's portal. Owners: all members are created and freed by main. */
struct epo_portal {
    char tenant[EPO_TENANT_SIZE];    /* leads every key: "plzen" */
    char folder[512];                /* portal folder */
    const struct epo_json *settings; /* epo.json as read; read it by epo_portal_settings */
    struct epo_store *store;         /* portal.db */
    struct epo_maps *maps;
    struct epo_catalog *catalog;     /* the host's texts */
    struct epo_templates *templates; /* the host's templates */
    bool demo;                       /* shows the demo banner and accounts */
    bool dev;                        /* epo serve --dev: pages follow what authors save */
    uint8_t secret[EPO_SECRET_SIZE]; /* seals access links; kept in the database */
};

/* The settings in force now; stay valid until the end of the process, a reload puts others beside
 * them. Any thread. */
const struct epo_json *epo_portal_settings(const struct epo_portal *portal);
/* Puts new settings in force. The tree must live as long as the process. */
void epo_portal_set_settings(struct epo_portal *portal, const struct epo_json *settings);

/* Reads the portal's secret, making it in a new database. After the store is open. */
bool epo_portal_start(struct epo_portal *portal, struct epo_error *error);

/* What only this portal can make, and makes again from the same words: HMAC-SHA-256 under its
 * secret, written as 26 letters of base 32 (130 bits). purpose keeps the uses apart. Any thread. */
void epo_portal_seal(const struct epo_portal *portal, const char *purpose, struct epo_span text,
                     char out[EPO_TOKEN_SIZE]);

#endif
