/* Every queue, depth, size and wait of the host, by name and with its reason. Settings in epo.json
 * may lower or raise those marked (setting). */
#ifndef EPO_BASE_LIMITS_H
#define EPO_BASE_LIMITS_H

#define EPO_JSON_DEPTH_MAX 64            /* GeoJSON needs 5, forms 12; stops stack games */
#define EPO_BODY_BYTES_MAX (1u << 20)    /* (setting) answers without attachments; 1 MiB */
#define EPO_HEADER_BYTES_MAX (16u << 10) /* all request headers together */
#define EPO_HEADER_COUNT_MAX 100
#define EPO_URL_BYTES_MAX 4096
#define EPO_FIELD_COUNT_MAX 1000      /* name=value pairs in one body or query */
#define EPO_FORM_FIELDS_MAX 400       /* fields in one definition */
#define EPO_ITEMS_MAX 50              /* of one repeated group */
#define EPO_TEXT_CHARS_MAX 20000      /* longest answer a field may allow */
#define EPO_VERTICES_MAX 2000         /* in one drawn geometry */
#define EPO_PLACES_MAX 50             /* places of one "several" field */
#define EPO_PLACE_IDS_MAX 50          /* parcels or buildings joined into one place */
#define EPO_PLACE_DESCRIPTION_MAX 200 /* characters about one of several places */
#define EPO_PLACE_ID_CHARS_MAX 64     /* of one id of the map */
#define EPO_CIRCLE_RADIUS_MIN_M 0.5   /* a place drawn as a circle */
#define EPO_CIRCLE_RADIUS_MAX_M 5000
#define EPO_SKETCH_CORNERS_MAX 200 /* of a line or an area put together without a script */
#define EPO_ROUTE_VIA_MAX 25       /* points that a route along the streets goes through */
#define EPO_QUEUE_JOBS_MAX 1024    /* (setting) jobs waiting for a worker; then 503 + Retry-After */
#define EPO_WRITE_QUEUE_MAX 4096   /* jobs waiting for the writer; then 503 */
#define EPO_WRITE_GROUP_MAX 256    /* jobs in one commit: bounds the wait of the first one */
#define EPO_JOB_DEADLINE_MS 10000  /* (setting) a worker job older than this is answered 503 */
#define EPO_PLACE_MEETS_MAX 20000  /* features of one layer by a place: some 50 ms of GEOS */
#define EPO_CONNECTIONS_PER_ADDRESS 64 /* (setting) a household behind one NAT fits */
#define EPO_PAGE_BYTES_MAX (8u << 20)  /* a rendered page */
#define EPO_BACKGROUNDS_MAX 16         /* pictures of the ground that a portal may offer */
#define EPO_FETCHES_MAX 24             /* at once from outside: one map on a screen asks for 20 */
#define EPO_FETCHES_WAITING_MAX 512    /* then 503 + Retry-After */
#define EPO_FETCH_MS 8000              /* the whole of one, below the deadline of a job */
#define EPO_FETCH_BYTES_MAX (2u << 20) /* a tile of 512 pixels as PNG stays below 1 MiB */
#define EPO_PICTURE_TILE_BYTES_MAX (4u << 20) /* a tile of 60 kB unpacked is some 200 kB */
#define EPO_PICTURE_BYTES_MAX (8u << 20)      /* 1024 x 1024 without any compression: 4 MiB */
#define EPO_UPLOADS_MAX 12                    /* bodies with files that come in at once; then 503 */
#define EPO_UPLOADS_PER_ADDRESS 4             /* the same of one address, but of a trusted proxy */
#define EPO_UPLOAD_MS 600000                  /* the whole of one */
#define EPO_SCAN_MS 8000 /* one file at the virus scanner, below a job's deadline */
#define EPO_FILES_MAX 50 /* files in one request */
#define EPO_ATTACHMENT_BYTES_MAX (100u << 20) /* no setting raises one file above it */
#define EPO_DOCUMENT_PAGES_MAX 100            /* of one PDF: 400 fields by hand take some 60 */
#define EPO_DOCUMENT_TEXT_MAX (4u << 20)      /* bytes of text in one PDF */
#define EPO_DOCUMENT_PARTS_MAX 20000          /* headings, rows, paragraphs of one PDF */
#define EPO_DOCUMENT_FIGURES_MAX 200          /* pictures and codes of one PDF */
#define EPO_DOCUMENT_BYTES_MAX (32u << 20)    /* of a PDF as it is drawn */
#define EPO_DOCUMENT_MS 8000                  /* for drawing one, below the deadline of a job */
#define EPO_DOCUMENTS_AT_ONCE 2          /* PDF drawn at once: pages go on on the other workers */
#define EPO_CODES_BYTES_MAX (20u << 20)  /* of a photograph or scan of a form on paper */
#define EPO_CODES_PIXELS_MAX (64u << 20) /* of a photograph: telephones take up to 50 million */
#define EPO_CODES_PAGE_PIXELS                                                                      \
    (16.0 * (1 << 20))         /* of a page of a PDF as it is drawn: A3 at 200 dpi is 8 million */
#define EPO_CODES_PAGES_MAX 20 /* of a PDF */
#define EPO_CODES_MS 8000      /* for reading one, below the deadline of a job */
#define EPO_CODES_MEMORY_MAX (768u << 20)   /* of the process that reads one */
#define EPO_CODES_AT_ONCE 2                 /* such processes */
#define EPO_SHEETS_MS 8000                  /* for reading or writing one spreadsheet of a form */
#define EPO_SHEETS_MEMORY_MAX (1536u << 20) /* of the process that does: GDAL alone maps 400 MB */
#define EPO_SHEETS_AT_ONCE 2                /* such processes */
#define EPO_PAPER_JSON_MAX (256u << 10)     /* raw answers that a form on paper may carry */
#define EPO_AGENDA_STEPS_MAX 5000000   /* of the engine in one statement of an agenda: some 0.1 s */
#define EPO_LUA_MEMORY_MAX (32u << 20) /* (setting) one script state */
#define EPO_LUA_CPU_MS 100             /* (setting) one hook call */

#define EPO_ORGANIZATIONS_MAX 32                    /* municipal organizations of one portal */
#define EPO_ORGANIZATION_JSON_MAX (256u << 10)      /* organization.json */
#define EPO_ORGANIZATION_LOGO_MAX (256u << 10)      /* a logo on a page of 60 kB */
#define EPO_ORGANIZATION_OFFICES_MAX 50             /* of one organization */
#define EPO_ORGANIZATION_AGENDAS_MAX 20             /* of one organization */
#define EPO_ORGANIZATION_LAYERS_MAX 10              /* of one organization */
#define EPO_ORGANIZATION_LAYER_BYTES_MAX (1u << 20) /* one layer's GeoJSON */
#define EPO_ORGANIZATION_FEATURES_MAX 1000          /* of one layer: what a map shows at once */

/* Paragraphs or list items of one heading on a life situation's page: more are a document. */
#define EPO_LIFE_TEXTS_MAX 40

#define EPO_BULK_ROWS_MAX 1000 /* records or entries of one API request: 20 ms of the writer */

#define EPO_SEARCH_QUERY_BYTES_MAX 200 /* of what is searched for on the portal */
#define EPO_SEARCH_QUERY_WORDS_MAX 8   /* each is compared with every word of the index */
#define EPO_SEARCH_HITS_MAX 50         /* on one page */

#endif
