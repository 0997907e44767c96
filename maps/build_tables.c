#include "maps/build_rows.h"

/* A table by shape; addresses have their own columns. A feature's are layer $1, code $2, name $3,
 * kind $4, belongs $5, measure $6, rank $7, properties $8, geometry $9, id $10. */
#define FEATURE_ROW                                                                                \
    "SELECT id, code, name, kind, belongs, properties, measure, rank, geometry FROM "
const struct epo_build_table EPO_BUILD_TABLES[EPO_BUILD_TABLE_COUNT] = {
    [0] = {{"map.last_address", "SELECT COALESCE(max(id), 0) FROM address", NULL},
           {"map.old_addresses",
            "SELECT id, code, street, part, postcode, city, district, letter, conscription,"
            " orientation, evidence, geometry FROM address WHERE $1 = 0 ORDER BY id",
            NULL},
           {"map.add_address",
            "INSERT INTO address (code, street, part, postcode, city, district, letter,"
            " conscription, orientation, evidence, geometry, id)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
            " ON CONFLICT (code) DO NOTHING",
            NULL},
           {"map.alter_address",
            "UPDATE address SET code = $1, street = $2, part = $3, postcode = $4, city = $5,"
            " district = $6, letter = $7, conscription = $8, orientation = $9, evidence = $10,"
            " geometry = $11 WHERE id = $12",
            NULL},
           {"map.address_place", "SELECT geometry FROM address WHERE id = $1", NULL},
           {"map.remove_address", "DELETE FROM address WHERE id = $1", NULL},
           {"map.index_address", "INSERT INTO idx_address_geometry VALUES ($1, $2, $3, $4, $5)",
            NULL},
           {"map.unindex_address", "DELETE FROM idx_address_geometry WHERE pkid = $1", NULL},
           {"map.kept_address",
            "SELECT street, part, postcode, city, district, letter, evidence FROM address"
            " WHERE id = $1",
            NULL}},
    [EPO_SHAPE_AREA] =
        {{"map.last_area", "SELECT COALESCE(max(id), 0) FROM area", NULL},
         {"map.old_areas", FEATURE_ROW "area WHERE layer = $1 ORDER BY id", NULL},
         {"map.add_area",
          "INSERT INTO area (layer, code, name, kind, belongs, measure, rank, properties, geometry,"
          " id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          NULL},
         {"map.alter_area",
          "UPDATE area SET layer = $1, code = $2, name = $3, kind = $4, belongs = $5, measure = $6,"
          " rank = $7, properties = $8, geometry = $9 WHERE id = $10",
          NULL},
         {"map.area_place", "SELECT geometry FROM area WHERE id = $1", NULL},
         {"map.remove_area", "DELETE FROM area WHERE id = $1", NULL},
         {"map.index_area", "INSERT INTO idx_area_geometry VALUES ($1, $2, $3, $4, $5)", NULL},
         {"map.unindex_area", "DELETE FROM idx_area_geometry WHERE pkid = $1", NULL},
         {"map.kept_area", "SELECT kind FROM area WHERE id = $1", NULL}},
    [EPO_SHAPE_LINE] =
        {{"map.last_line", "SELECT COALESCE(max(id), 0) FROM line", NULL},
         {"map.old_lines", FEATURE_ROW "line WHERE layer = $1 ORDER BY id", NULL},
         {"map.add_line",
          "INSERT INTO line (layer, code, name, kind, belongs, measure, rank, properties, geometry,"
          " id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          NULL},
         {"map.alter_line",
          "UPDATE line SET layer = $1, code = $2, name = $3, kind = $4, belongs = $5, measure = $6,"
          " rank = $7, properties = $8, geometry = $9 WHERE id = $10",
          NULL},
         {"map.line_place", "SELECT geometry FROM line WHERE id = $1", NULL},
         {"map.remove_line", "DELETE FROM line WHERE id = $1", NULL},
         {"map.index_line", "INSERT INTO idx_line_geometry VALUES ($1, $2, $3, $4, $5)", NULL},
         {"map.unindex_line", "DELETE FROM idx_line_geometry WHERE pkid = $1", NULL},
         {"map.kept_line", "SELECT kind FROM line WHERE id = $1", NULL}},
    [EPO_SHAPE_POINT] =
        {{"map.last_point", "SELECT COALESCE(max(id), 0) FROM point", NULL},
         {"map.old_points", FEATURE_ROW "point WHERE layer = $1 ORDER BY id", NULL},
         {"map.add_point",
          "INSERT INTO point (layer, code, name, kind, belongs, measure, rank, properties,"
          " geometry, id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          NULL},
         {"map.alter_point",
          "UPDATE point SET layer = $1, code = $2, name = $3, kind = $4, belongs = $5,"
          " measure = $6, rank = $7, properties = $8, geometry = $9 WHERE id = $10",
          NULL},
         {"map.point_place", "SELECT geometry FROM point WHERE id = $1", NULL},
         {"map.remove_point", "DELETE FROM point WHERE id = $1", NULL},
         {"map.index_point", "INSERT INTO idx_point_geometry VALUES ($1, $2, $3, $4, $5)", NULL},
         {"map.unindex_point", "DELETE FROM idx_point_geometry WHERE pkid = $1", NULL},
         {"map.kept_point", "SELECT kind FROM point WHERE id = $1", NULL}},
};
