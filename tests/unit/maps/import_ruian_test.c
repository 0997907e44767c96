/* RÚIAN: addresses as CSV, everything as VFR, what has changed as VFR. All made up here, in the
 * form of the real files; the first CSV row is a published one. */
#include <cpl_vsi.h>
#include <zlib.h>

#include "import_helpers.h"

static const char HEADING[] =
    "K\xf3"
    "d ADM;K\xf3"
    "d obce;N\xe1zev obce;K\xf3"
    "d MOMC;N\xe1zev MOMC;K\xf3"
    "d obvodu Prahy;N\xe1zev obvodu Prahy;K\xf3"
    "d \xe8\xe1sti obce;N\xe1zev \xe8\xe1sti obce;K\xf3"
    "d ulice;N\xe1zev ulice;Typ SO;\xc8\xedslo domovn\xed;\xc8\xedslo orienta\xe8n\xed;Znak "
    "\xe8\xedsla orienta\xe8n\xedho;PS\xc8;Sou\xf8"
    "adnice Y;Sou\xf8"
    "adnice X;Plat\xed Od\r\n";

static void write_csv(const char *name, const char *rows) {
    test_folder_write(&folder, name, epo_pool_printf(pool, "%s%s", HEADING, rows));
}

static void addresses_of_a_csv(void **state) {
    (void)state;
    write_csv("20260131_OB_554791_ADR.csv",
              /* a village without streets; a street; a number of evidence; without coordinates */
              "8338752;599999;Trojanovice;;;;;168491;Trojanovice;;;\xe8.p.;2;;;74401;479862.17;"
              "1133960.17;2022-08-24T00:00:00\r\n"
              "21690278;554791;Plze\xf2;546003;Plze\xf2 3;;;1;Vnit\xf8n\xed M\xecsto;9;Americk\xe1;"
              "\xe8.p.;42;8;a;30100;822000,50;1070000,25;2020-01-01T00:00:00\r\n"
              "3;554791;Plze\xf2;;;;;1;Bolevec;;;\xe8.ev.;17;;;32300;820000;1069000;\r\n"
              "4;554791;Plze\xf2;;;;;1;Bolevec;;;\xe8.p.;18;;;32300;;;\r\n"
              "5;554791;Praha;500054;Praha 5;60;Praha 5;1;Sm\xed"
              "chov;;;\xe8.p.;19;;;15000;743000;"
              "1044000;\r\n");
    import("20260131_OB_554791_ADR.csv", NULL); /* says by itself what it is */
    assert_int_equal(result.taken, 4);
    assert_int_equal(result.left_out, 1);
    assert_string_equal(result.reasons[0].text, "20260131_OB_554791_ADR.csv:5: no coordinates");
    assert_string_equal(ask("SELECT street || '|' || conscription || '/' || orientation || letter"
                            " || '|' || part || '|' || postcode || '|' || city || '|' || district"
                            " FROM address WHERE code = '21690278'"),
                        "Americká|42/8a|Vnitřní Město|301 00|Plzeň|Plzeň 3");
    assert_string_equal(ask("SELECT round(xmin) || ' ' || round(ymin) FROM idx_address_geometry"
                            " WHERE pkid = (SELECT id FROM address WHERE code = '3')"),
                        "-820000.0 -1069000.0");
    assert_string_equal(ask("SELECT evidence FROM address WHERE code = '3'"), "1");
    assert_string_equal(ask("SELECT street || '|' || evidence FROM address WHERE code = '8338752'"),
                        "|0");
    /* where it is: 49.5381821 N 18.1933815 E, as published */
    struct epo_maps *maps = open_maps();
    struct epo_json *found = NULL;
    assert_true(
        epo_addresses_search(maps, pool, EPO_SPAN("Trojanovice 2"), 5, NULL, &found, &error));
    const struct epo_json *at = epo_json_find(found, "features.0.geometry.coordinates");
    assert_non_null(at);
    assert_true(at->items[0]->real > 18.19338 && at->items[0]->real < 18.193383);
    assert_true(at->items[1]->real > 49.53818 && at->items[1]->real < 49.538184);
    epo_maps_close(maps);
    /* the same again changes nothing; a shorter one takes away what is gone */
    import("20260131_OB_554791_ADR.csv", "address");
    assert_false(result.changed);
    write_csv("less.csv",
              "3;554791;Plze\xf2;;;;;1;Bolevec;;;\xe8.ev.;17;;;32300;820000;1069000;\r\n");
    import("less.csv", "address");
    assert_int_equal(result.removed, 3);
    assert_int_equal(result.same, 1);
}

static void crooked_csvs(void **state) {
    (void)state;
    char *longest = epo_pool_alloc(pool, 9001);
    memset(longest, 'x', 9000);
    write_csv("crooked.csv",
              epo_pool_printf(pool,
                              "1;1;P;;;;;1;B;;;\xe8.p.;1;;;32300;820000;1069000;\r\n"
                              "1;1;P;;;;;1;B;;;\xe8.p.;1;;;32300;820000;1069000;\r\n" /* again */
                              ";1;P;;;;;1;B;;;\xe8.p.;1;;;32300;820000;1069000;\r\n"  /* no code */
                              "2;1;P;;;;;1;B;;;\xe8.p.;x;;;32300;820000;1069000;\r\n" /* number */
                              "3;1;P;;;;;1;B;;;\xe8.p.;1;;;32300;a;b;\r\n"
                              "4;1;P;;;;;1;B;;;\xe8.p.;1;;;32300;1069000;820000;\r\n" /* X, Y */
                              "5;1;P;;;;;1;\"B;;;\xe8.p.;1;;;32300;820000;1069000;\r\n"
                              "6;%s\r\n"  /* too long */
                              "7;1;P\r\n" /* too few */
                              "\r\n"
                              "8;1;\x81;;;;;1;B;;;\xe8.p.;1;;;32300;820000;1069000;\r\n"
                              "9;1;\"P \"\"Q\"\"\";;;;;1;B;;;\xe8.p.;1;;;32300;820000;1069000",
                              longest));
    assert_true(import_with(
        (struct epo_import_options){.file = "crooked.csv", .report = path_of("list.csv")}));
    assert_int_equal(result.taken, 2);
    assert_int_equal(result.left_out, 9);
    assert_string_equal(ask("SELECT city FROM address WHERE code = '9'"), "P \"Q\"");
    const char *list = text_of(path_of("list.csv"));
    static const char *const LINES[] = {
        "3,\"1\",\"left out\",\"the code has come before\"",
        "4,\"\",\"left out\",\"no code\"",
        "5,\"2\",\"left out\",\"no house number\"",
        "6,\"3\",\"left out\",\"the coordinates are no numbers\"",
        "7,\"4\",\"left out\",\"coordinates out of the map's range\"",
        "8,\"\",\"left out\",\"a quote does not end",
        "9,\"\",\"left out\",\"the line is too long\"",
        "10,\"7\",\"left out\",\"no coordinates\"",
        "12,\"\",\"left out\",\"the line is not text",
    };
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
        if (strstr(list, LINES[i]) == NULL)
            fail_msg("missing: %s\n%s", LINES[i], list);
    assert_false(import_with((struct epo_import_options){.file = "crooked.csv", .layer = "zone"}));
    assert_string_equal(error.code, "import.layer");
    assert_false(
        import_with((struct epo_import_options){.file = "crooked.csv", .encoding = "nonsense"}));
    assert_string_equal(error.code, "import.encoding");
}

/* The whole country is one zip of thousands of CSVs; UTF-8 and gz are read as well. */
static void packed_files(void **state) {
    (void)state;
    static const char UTF8[] = "Kód ADM;Číslo domovní;Souřadnice X;Souřadnice Y\n";
    const char *zip = epo_pool_printf(pool, "/vsizip/%s", path_of("adr.zip"));
    void *archive = VSIFOpenL(zip, "wb");
    assert_non_null(archive);
    for (int i = 0; i < 3; i++) {
        VSILFILE *file = VSIFOpenL(epo_pool_printf(pool, "%s/CSV/%d_ADR.csv", zip, i), "wb");
        const char *text =
            i == 2 ? "nothing of ours"
                   : epo_pool_printf(pool, "%s%d;%d;1069000;820000\n", UTF8, i + 1, i + 1);
        assert_int_equal(VSIFWriteL(text, 1, strlen(text), file), strlen(text));
        VSIFCloseL(file);
    }
    VSIFCloseL(archive);
    assert_false(
        import_with((struct epo_import_options){.file = "adr.zip"})); /* one is a stranger */
    assert_string_equal(error.code, "import.layer");
    import("adr.zip", "address");
    assert_int_equal(result.taken, 2);
    gzFile gz = gzopen(path_of("adr.csv.gz"), "wb");
    gzputs(gz, epo_pool_printf(pool, "%s7;7;1069000;820000\n", UTF8));
    gzclose(gz);
    import("adr.csv.gz", NULL);
    assert_int_equal(result.taken, 1);
    assert_int_equal(result.removed, 2);
    assert_int_not_equal(access(path_of("adr.csv.gz.properties"), F_OK), 0);
}

/* ---- VFR ---- */

#define HEAD                                                                                       \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                                 \
    "<vf:VymennyFormat xmlns:gml=\"http://www.opengis.net/gml/3.2\" xmlns:vf=\"v\" "               \
    "xmlns:obi=\"o\" xmlns:coi=\"c\" xmlns:kui=\"k\" xmlns:mci=\"m\" xmlns:uli=\"u\" "             \
    "xmlns:pai=\"p\" xmlns:soi=\"s\" xmlns:ami=\"a\" xmlns:com=\"x\">"
#define SYSTEM " srsName=\"urn:ogc:def:crs:EPSG::5514\" srsDimension=\"2\""
/* A square of 100 m whose south-west corner is x, y (whole thousands before these digits). */
#define SQUARE(x, x2, y, y2)                                                                       \
    "<gml:Polygon" SYSTEM "><gml:exterior><gml:LinearRing><gml:posList>" x " " y " " x2 " " y      \
    " " x2 " " y2 " " x " " y2 " " x " " y                                                         \
    "</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
#define PARCEL(id, stem, area, place)                                                              \
    "<vf:Parcela gml:id=\"PA." id "\"><pai:Id>" id "</pai:Id><pai:KmenoveCislo>" stem              \
    "</pai:KmenoveCislo><pai:PododdeleniCisla>3</pai:PododdeleniCisla><pai:VymeraParcely>" area    \
    "</pai:VymeraParcely><pai:KatastralniUzemi><kui:Kod>721981</kui:Kod></pai:KatastralniUzemi>"   \
    "<pai:Geometrie><pai:DefinicniBod><gml:Point" SYSTEM "><gml:pos>-822050 -1069950</gml:pos>"    \
    "</gml:Point></pai:DefinicniBod><pai:OriginalniHranice>" place                                 \
    "</pai:OriginalniHranice></pai:Geometrie></vf:Parcela>"

static const char WHOLE[] = HEAD
    "<vf:Hlavicka><vf:VerzeVFR>3.1</vf:VerzeVFR><vf:TypDavky>Plna</vf:TypDavky></vf:Hlavicka>"
    "<vf:Data><vf:Obce><vf:Obec><obi:Kod>554791</obi:Kod><obi:Nazev>Plzeň</obi:Nazev>"
    "<obi:Geometrie><obi:OriginalniHranice><gml:MultiSurface" SYSTEM "><gml:surfaceMember>" SQUARE(
        "-823000", "-821000", "-1071000",
        "-1069000") "</gml:surfaceMember></gml:MultiSurface></obi:OriginalniHranice></"
                    "obi:Geometrie></vf:Obec>"
                    "</vf:Obce><vf:Momc><vf:Momc><mci:Kod>546003</mci:Kod><mci:Nazev>Plzeň "
                    "3</mci:Nazev>"
                    "<mci:Geometrie><mci:OriginalniHranice>" SQUARE(
                        "-823000", "-821000", "-1071000",
                        "-1069000") "</mci:OriginalniHranice></mci:Geometrie></vf:Momc></vf:Momc>"
                                    "<vf:CastiObci><vf:CastObce><coi:Kod>11</"
                                    "coi:Kod><coi:Nazev>Vnitřní Město</coi:Nazev>"
                                    "<coi:Obec><obi:Kod>554791</obi:Kod></"
                                    "coi:Obec><coi:Geometrie><coi:DefinicniBod><gml:Point" SYSTEM
                                    "><gml:pos>-822000 "
                                    "-1070000</gml:pos></gml:Point></coi:DefinicniBod></"
                                    "coi:Geometrie>"
                                    "</vf:CastObce></vf:CastiObci>"
                                    "<vf:KatastralniUzemi><vf:KatastralniUzemi><kui:Kod>721981</"
                                    "kui:Kod><kui:Nazev>Plzeň město"
                                    "</kui:Nazev><kui:Geometrie><kui:OriginalniHranice>" SQUARE(
                                        "-823000", "-821000", "-1071000",
                                        "-1069000") "</kui:OriginalniHranice></kui:Geometrie></"
                                                    "vf:KatastralniUzemi></vf:KatastralniUzemi>"
                                                    "<vf:Ulice><vf:Ulice><uli:Kod>9</"
                                                    "uli:Kod><uli:Nazev>Americká &amp; "
                                                    "syn</uli:Nazev>"
                                                    "<uli:Geometrie><uli:DefinicniCara><gml:"
                                                    "MultiCurve" SYSTEM
                                                    "><gml:curveMember><gml:LineString>"
                                                    "<gml:posList>-822100 -1070000 -821900 "
                                                    "-1070000</gml:posList></gml:LineString>"
                                                    "</gml:curveMember></gml:MultiCurve></"
                                                    "uli:DefinicniCara></uli:Geometrie></"
                                                    "vf:Ulice></vf:Ulice>"
                                                    "<vf:Parcely>" PARCEL(
                                                        "101", "12", "412",
                                                        SQUARE("-822100", "-822000", "-1070000",
                                                               "-1069900"))
    /* with a hole and an arc; then one that crosses itself, one without outline, one elsewhere */
    PARCEL("102", "13", "500",
           "<gml:Polygon" SYSTEM "><gml:exterior><gml:Ring><gml:curveMember><gml:Curve>"
           "<gml:segments><gml:LineStringSegment><gml:posList>-822000 -1070000 -821900 -1070000 "
           "-821900 -1069900</gml:posList></gml:LineStringSegment><gml:Arc><gml:posList>-821900 "
           "-1069900 -821950 -1069880 -822000 -1069900</gml:posList></gml:Arc>"
           "<gml:LineStringSegment><gml:posList>-822000 -1069900 -822000 -1070000</gml:posList>"
           "</gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember></gml:Ring>"
           "</gml:exterior><gml:interior><gml:LinearRing><gml:posList>-821980 -1069980 -821960 "
           "-1069980 -821960 -1069960 -821980 -1069980</gml:posList></gml:LinearRing>"
           "</gml:interior></gml:Polygon>") PARCEL("103", "14", "600",
                                                   "<gml:Polygon" SYSTEM
                                                   "><gml:exterior><gml:LinearRing><gml:posList>-"
                                                   "822300 -1070300 "
                                                   "-822200 -1070200 -822200 -1070300 -822300 "
                                                   "-1070200 -822300 -1070300</gml:posList>"
                                                   "</gml:LinearRing></gml:exterior></gml:Polygon>")
        PARCEL("104", "15", "700", "") PARCEL(
            "105", "16", "800", "<gml:Polygon srsName=\"urn:ogc:def:crs:EPSG::4326\"/>")
            PARCEL(
                "106", "17", "900",
                "<gml:Polygon><gml:exterior>nonsense</gml:exterior></gml:Polygon>") "</"
                                                                                    "vf:Parcely>"
                                                                                    "<vf:"
                                                                                    "StavebniObj"
                                                                                    "ekty><vf:"
                                                                                    "StavebniObj"
                                                                                    "ekt><soi:"
                                                                                    "Kod>7</"
                                                                                    "soi:Kod><"
                                                                                    "soi:"
                                                                                    "CislaDomovn"
                                                                                    "i>"
                                                                                    "<com:"
                                                                                    "CisloDomovn"
                                                                                    "i>42</"
                                                                                    "com:"
                                                                                    "CisloDomovn"
                                                                                    "i></"
                                                                                    "soi:"
                                                                                    "CislaDomovn"
                                                                                    "i><soi:"
                                                                                    "TypStavebni"
                                                                                    "hoObjektuKo"
                                                                                    "d>2"
                                                                                    "</"
                                                                                    "soi:"
                                                                                    "TypStavebni"
                                                                                    "hoObjektuKo"
                                                                                    "d><soi:"
                                                                                    "ZpusobVyuzi"
                                                                                    "tiKod>18</"
                                                                                    "soi:"
                                                                                    "ZpusobVyuzi"
                                                                                    "tiKod><soi:"
                                                                                    "CastObce>"
                                                                                    "<coi:Kod>"
                                                                                    "11</"
                                                                                    "coi:Kod></"
                                                                                    "soi:"
                                                                                    "CastObce><"
                                                                                    "soi:Momc><"
                                                                                    "mci:Kod>"
                                                                                    "546003</"
                                                                                    "mci:Kod></"
                                                                                    "soi:Momc>"
                                                                                    "<soi:"
                                                                                    "Geometrie><"
                                                                                    "soi:"
                                                                                    "OriginalniH"
                                                                                    "ranice"
                                                                                    ">" SQUARE(
                                                                                        "-82209"
                                                                                        "0",
                                                                                        "-82208"
                                                                                        "0",
                                                                                        "-106999"
                                                                                        "0",
                                                                                        "-106998"
                                                                                        "0") "</"
                                                                                             "so"
                                                                                             "i:"
                                                                                             "Or"
                                                                                             "ig"
                                                                                             "in"
                                                                                             "al"
                                                                                             "ni"
                                                                                             "Hr"
                                                                                             "an"
                                                                                             "ic"
                                                                                             "e>"
                                                                                             "</"
                                                                                             "so"
                                                                                             "i:"
                                                                                             "Ge"
                                                                                             "om"
                                                                                             "et"
                                                                                             "ri"
                                                                                             "e>"
                                                                                             "</"
                                                                                             "vf"
                                                                                             ":S"
                                                                                             "ta"
                                                                                             "ve"
                                                                                             "bn"
                                                                                             "iO"
                                                                                             "bj"
                                                                                             "ek"
                                                                                             "t>"
                                                                                             "</"
                                                                                             "vf"
                                                                                             ":S"
                                                                                             "ta"
                                                                                             "ve"
                                                                                             "bn"
                                                                                             "iO"
                                                                                             "bj"
                                                                                             "ek"
                                                                                             "ty"
                                                                                             ">"
                                                                                             "<v"
                                                                                             "f:"
                                                                                             "Ad"
                                                                                             "re"
                                                                                             "sn"
                                                                                             "iM"
                                                                                             "is"
                                                                                             "ta"
                                                                                             "><"
                                                                                             "vf"
                                                                                             ":A"
                                                                                             "dr"
                                                                                             "es"
                                                                                             "ni"
                                                                                             "Mi"
                                                                                             "st"
                                                                                             "o>"
                                                                                             "<a"
                                                                                             "mi"
                                                                                             ":K"
                                                                                             "od"
                                                                                             ">7"
                                                                                             "7<"
                                                                                             "/a"
                                                                                             "mi"
                                                                                             ":K"
                                                                                             "od"
                                                                                             "><"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "Ci"
                                                                                             "sl"
                                                                                             "oD"
                                                                                             "om"
                                                                                             "ov"
                                                                                             "ni"
                                                                                             ">4"
                                                                                             "2"
                                                                                             "</"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "Ci"
                                                                                             "sl"
                                                                                             "oD"
                                                                                             "om"
                                                                                             "ov"
                                                                                             "ni"
                                                                                             "><"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "Ci"
                                                                                             "sl"
                                                                                             "oO"
                                                                                             "ri"
                                                                                             "en"
                                                                                             "ta"
                                                                                             "cn"
                                                                                             "i>"
                                                                                             "8<"
                                                                                             "/a"
                                                                                             "mi"
                                                                                             ":C"
                                                                                             "is"
                                                                                             "lo"
                                                                                             "Or"
                                                                                             "ie"
                                                                                             "nt"
                                                                                             "ac"
                                                                                             "ni"
                                                                                             "><"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "Ci"
                                                                                             "sl"
                                                                                             "oO"
                                                                                             "ri"
                                                                                             "en"
                                                                                             "ta"
                                                                                             "cn"
                                                                                             "iP"
                                                                                             "is"
                                                                                             "me"
                                                                                             "no"
                                                                                             ">a"
                                                                                             "</"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "Ci"
                                                                                             "sl"
                                                                                             "oO"
                                                                                             "ri"
                                                                                             "en"
                                                                                             "ta"
                                                                                             "cn"
                                                                                             "iP"
                                                                                             "is"
                                                                                             "me"
                                                                                             "no"
                                                                                             "><"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "Ps"
                                                                                             "c>"
                                                                                             "30"
                                                                                             "10"
                                                                                             "0<"
                                                                                             "/a"
                                                                                             "mi"
                                                                                             ":P"
                                                                                             "sc"
                                                                                             "><"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "St"
                                                                                             "av"
                                                                                             "eb"
                                                                                             "ni"
                                                                                             "Ob"
                                                                                             "je"
                                                                                             "kt"
                                                                                             "><"
                                                                                             "so"
                                                                                             "i:"
                                                                                             "Ko"
                                                                                             "d>"
                                                                                             "7<"
                                                                                             "/s"
                                                                                             "oi"
                                                                                             ":K"
                                                                                             "od"
                                                                                             ">"
                                                                                             "</"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "St"
                                                                                             "av"
                                                                                             "eb"
                                                                                             "ni"
                                                                                             "Ob"
                                                                                             "je"
                                                                                             "kt"
                                                                                             "><"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "Ul"
                                                                                             "ic"
                                                                                             "e>"
                                                                                             "<u"
                                                                                             "li"
                                                                                             ":K"
                                                                                             "od"
                                                                                             ">9"
                                                                                             "</"
                                                                                             "ul"
                                                                                             "i:"
                                                                                             "Ko"
                                                                                             "d>"
                                                                                             "</"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "Ul"
                                                                                             "ic"
                                                                                             "e>"
                                                                                             "<a"
                                                                                             "mi"
                                                                                             ":G"
                                                                                             "eo"
                                                                                             "me"
                                                                                             "tr"
                                                                                             "ie"
                                                                                             ">"
                                                                                             "<a"
                                                                                             "mi"
                                                                                             ":D"
                                                                                             "ef"
                                                                                             "in"
                                                                                             "ic"
                                                                                             "ni"
                                                                                             "Bo"
                                                                                             "d>"
                                                                                             "<a"
                                                                                             "mi"
                                                                                             ":A"
                                                                                             "dr"
                                                                                             "es"
                                                                                             "ni"
                                                                                             "Bo"
                                                                                             "d>"
                                                                                             "<g"
                                                                                             "ml"
                                                                                             ":P"
                                                                                             "oi"
                                                                                             "n"
                                                                                             "t" SYSTEM
                                                                                             "><"
                                                                                             "gm"
                                                                                             "l:"
                                                                                             "po"
                                                                                             "s>"
                                                                                             "-8"
                                                                                             "22"
                                                                                             "08"
                                                                                             "5 "
                                                                                             "-1"
                                                                                             "06"
                                                                                             "99"
                                                                                             "85"
                                                                                             "</"
                                                                                             "gm"
                                                                                             "l:"
                                                                                             "po"
                                                                                             "s>"
                                                                                             "</"
                                                                                             "gm"
                                                                                             "l:"
                                                                                             "Po"
                                                                                             "in"
                                                                                             "t>"
                                                                                             "</"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "Ad"
                                                                                             "re"
                                                                                             "sn"
                                                                                             "iB"
                                                                                             "od"
                                                                                             "><"
                                                                                             "/a"
                                                                                             "mi"
                                                                                             ":D"
                                                                                             "ef"
                                                                                             "in"
                                                                                             "ic"
                                                                                             "ni"
                                                                                             "Bo"
                                                                                             "d>"
                                                                                             "</"
                                                                                             "am"
                                                                                             "i:"
                                                                                             "Ge"
                                                                                             "om"
                                                                                             "et"
                                                                                             "ri"
                                                                                             "e>"
                                                                                             "</"
                                                                                             "vf"
                                                                                             ":A"
                                                                                             "dr"
                                                                                             "es"
                                                                                             "ni"
                                                                                             "Mi"
                                                                                             "st"
                                                                                             "o>"
                                                                                             "</"
                                                                                             "vf"
                                                                                             ":A"
                                                                                             "dr"
                                                                                             "es"
                                                                                             "ni"
                                                                                             "Mi"
                                                                                             "st"
                                                                                             "a>"
                                                                                             "</"
                                                                                             "vf"
                                                                                             ":D"
                                                                                             "at"
                                                                                             "a>"
                                                                                             "</"
                                                                                             "vf"
                                                                                             ":V"
                                                                                             "ym"
                                                                                             "en"
                                                                                             "ny"
                                                                                             "Fo"
                                                                                             "rm"
                                                                                             "at"
                                                                                             ">";

static void a_municipality(void **state) {
    (void)state;
    test_folder_write(&folder, "OB_UKSH.xml", WHOLE);
    import("OB_UKSH.xml", NULL);
    assert_int_equal(result.left_out, 3);
    assert_int_equal(result.mended, 1);
    assert_string_equal(ask("SELECT value FROM meta WHERE key = 'city'"), "Plzeň");
    assert_string_equal(ask("SELECT value FROM meta WHERE key = 'attribution'"),
                        "© ČÚZK – RÚIAN, CC BY 4.0");
    struct epo_json *facts = facts_at(13.38369896, 49.74534800);
    assert_true(epo_span_is(epo_json_get_text(epo_json_get(facts, "district"), "code"), "546003"));
    assert_true(epo_span_is(epo_json_get_text(epo_json_get(facts, "cadastral_area"), "name"),
                            "Plzeň město"));
    assert_true(
        epo_span_is(epo_json_get_text(epo_json_get(facts, "street"), "name"), "Americká & syn"));
    assert_string_equal(ask("SELECT name || '|' || belongs || '|' || measure FROM area"
                            " WHERE code = '101'"),
                        "12/3|Plzeň město|412.0");
    assert_string_equal(ask("SELECT count(*) FROM area WHERE code IN ('102', '103')"), "2");
    assert_string_equal(ask("SELECT kind || '|' || name || '|' || belongs FROM area"
                            " WHERE code = '7'"),
                        "garage|42|Vnitřní Město");
    assert_string_equal(ask("SELECT street || '|' || conscription || '/' || orientation || letter"
                            " || '|' || part || '|' || postcode || '|' || city || '|' || district"
                            " || '|' || evidence FROM address"
                            " WHERE code = '77'"),
                        "Americká & syn|42/8a|Vnitřní Město|301 00|Plzeň|Plzeň 3|1");
    assert_string_equal(ask("SELECT name FROM layer WHERE name = 'town_part'"), "town_part");
    /* the owners of the city's own file stay when RÚIAN comes again */
    test_folder_write(&folder, "owners.csv",
                      "id;parcela;vlastnik;wkt\n101;12/3;Statutární město Plzeň;\"POLYGON((-822100 "
                      "-1070000,-822000 -1070000,-822000 -1069900,-822100 -1069900,-822100 "
                      "-1070000))\"\n");
    assert_true(import_with(
        (struct epo_import_options){.file = "owners.csv", .layer = "parcel", .add = true}));
    assert_string_equal(ask("SELECT kind FROM area WHERE code = '101'"), "city");
    import("OB_UKSH.xml", NULL);
    assert_string_equal(ask("SELECT kind || belongs FROM area WHERE code = '101'"),
                        "cityPlzeň město");
}

static const char CHANGES[] = HEAD
    "<vf:Hlavicka><vf:TypDavky>Prirustkova</vf:TypDavky></vf:Hlavicka><vf:Data><vf:Parcely>" PARCEL(
        "101", "12", "99", SQUARE("-822100", "-822000", "-1070000", "-1069900"))
        PARCEL("201", "18", "1", SQUARE("-822500", "-822400", "-1070000", "-1069900")) PARCEL(
            "999", "19", "1", SQUARE("-744400", "-744300", "-1042600", "-1042500")) /* Prague */
    "</vf:Parcely><vf:AdresniMista><vf:AdresniMisto><ami:Kod>77</ami:Kod><ami:CisloDomovni>43"
    "</ami:CisloDomovni><ami:Psc>30100</ami:Psc><ami:StavebniObjekt><soi:Kod>7</soi:Kod>"
    "</ami:StavebniObjekt><ami:Ulice><uli:Kod>9</uli:Kod></ami:Ulice><ami:Geometrie>"
    "<ami:DefinicniBod><ami:AdresniBod><gml:Point" SYSTEM "><gml:pos>-822085 -1069985</gml:pos>"
    "</gml:Point></ami:AdresniBod></ami:DefinicniBod></ami:Geometrie></vf:AdresniMisto>"
    "</vf:AdresniMista><vf:ZaniklePrvky><vf:ZaniklyPrvek><vf:TypPrvkuKod>PA</vf:TypPrvkuKod>"
    "<vf:PrvekId>102</vf:PrvekId></vf:ZaniklyPrvek><vf:ZaniklyPrvek><vf:TypPrvkuKod>PA"
    "</vf:TypPrvkuKod><vf:PrvekId>5555</vf:PrvekId></vf:ZaniklyPrvek></vf:ZaniklePrvky>"
    "</vf:Data></vf:VymennyFormat>";

static void changes_of_the_country(void **state) {
    (void)state;
    test_folder_write(&folder, "ST_ZKSH.xml", CHANGES);
    import("ST_ZKSH.xml", NULL);
    assert_int_equal(result.elsewhere, 1);
    assert_int_equal(result.added, 1);
    assert_int_equal(result.altered, 2);
    assert_int_equal(result.removed, 1);
    assert_string_equal(ask("SELECT measure || kind FROM area WHERE code = '101'"), "99.0city");
    assert_string_equal(ask("SELECT count(*) FROM area WHERE code IN ('102', '999')"), "0");
    assert_string_equal(ask("SELECT count(*) FROM area WHERE code IN ('103', '201', '7')"), "3");
    /* what the changes do not say stays */
    assert_string_equal(ask("SELECT conscription || street || part || city || district || evidence"
                            " FROM address WHERE code = '77'"),
                        "43Americká & synVnitřní MěstoPlzeňPlzeň 31");
}

static void crooked_vfr(void **state) {
    (void)state;
    const char *before = ask("SELECT value FROM meta WHERE key = 'content'");
    char *deep = epo_pool_alloc(pool, 2000);
    for (int i = 0; i < 100; i++)
        strncat(deep, "<a>", 4);
    const struct {
        const char *text, *code;
    } CASES[] = {
        {epo_pool_printf(pool, "%.2000s", WHOLE), "import.damaged"}, /* cut short */
        {epo_pool_printf(pool, "%.*s", (int)strlen(WHOLE) - 40, WHOLE),
         "import.damaged"}, /* late */
        {"<VymennyFormat><Data></VymennyFormat>", "import.damaged"},
        {"<x><!-- VymennyFormat --></x>", "import.vfr"},
        {epo_pool_printf(pool, "<VymennyFormat>%s", deep), "import.vfr"},
        {"<VymennyFormat><Data><Parcely><Parcela/></Parcely></Data></VymennyFormat>",
         "import.nothing"},
        {"<VymennyFormat/>", "import.nothing"},
        {"<!DOCTYPE a [<!ENTITY b \"VymennyFormat\"><!ENTITY c SYSTEM \"/etc/passwd\">]>"
         "<VymennyFormat>&c;</VymennyFormat>",
         "import.nothing"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        test_folder_write(&folder, "crooked.xml", CASES[i].text);
        if (import_with((struct epo_import_options){.file = "crooked.xml"}))
            fail_msg("taken: %s", CASES[i].text);
        if (strcmp(error.code, CASES[i].code) != 0)
            fail_msg("%zu: %s: %s", i, error.code, error.text);
    }
    assert_true(strstr(ask("SELECT value FROM meta WHERE key = 'content'"), before) != NULL);
    test_folder_write(&folder, "crooked.xml", "<VymennyFormat>\n<Data>\n<Parcely></b>");
    assert_false(import_with((struct epo_import_options){.file = "crooked.xml"}));
    assert_non_null(strstr(error.where, "crooked.xml:3"));
    assert_false(import_with((struct epo_import_options){.file = "OB_UKSH.xml", .layer = "zone"}));
    assert_string_equal(error.code, "import.layer");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_a_csv),     cmocka_unit_test(crooked_csvs),
        cmocka_unit_test(packed_files),           cmocka_unit_test(a_municipality),
        cmocka_unit_test(changes_of_the_country), cmocka_unit_test(crooked_vfr),
    };
    return cmocka_run_group_tests(tests, import_set_up, import_tear_down);
}
