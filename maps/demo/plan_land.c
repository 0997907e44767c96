/* The lie of the land, in local metres: where Plzeň has it, roughly and from memory of any map; no
 * surveyed data. Codes of districts and cadastral areas are those of RÚIAN. */
#include "maps/demo/demo.h"

size_t epo_demo_path_points(const short (*at)[2], size_t room) {
    size_t count = 0;
    while (count < room && (at[count][0] != 0 || at[count][1] != 0))
        count++;
    return count;
}

const short EPO_DEMO_BOUNDARY[][2] = {
    {-800, 6050},   {600, 5750},    {2000, 6050},   {3300, 5300},   {4600, 5050},   {5600, 4300},
    {5500, 3000},   {6050, 2000},   {5850, 800},    {6050, -400},   {5300, -1500},  {5600, -2700},
    {5050, -3800},  {4300, -4600},  {3700, -5600},  {2600, -5750},  {1700, -6050},  {900, -5650},
    {0, -6100},     {-1000, -5950}, {-2100, -6100}, {-3200, -5900}, {-4100, -6050}, {-4700, -5200},
    {-4250, -4300}, {-4800, -3300}, {-4600, -2200}, {-5300, -1300}, {-5150, -300},  {-5950, 400},
    {-5950, 1600},  {-6050, 2900},  {-6000, 3900},  {-5200, 4400},  {-4300, 3950},  {-3500, 4450},
    {-2800, 5300},  {-1800, 5500},
};
const size_t EPO_DEMO_BOUNDARY_COUNT = sizeof EPO_DEMO_BOUNDARY / sizeof *EPO_DEMO_BOUNDARY;

const struct epo_demo_path EPO_DEMO_RIVERS[] = {
    {"Mže", "river", 30, 35,
     {{-7200, 3300}, {-6300, 2600}, {-5500, 2300}, {-5000, 2000}, {-4400, 2330}, {-3700, 1850},
      {-3000, 1900}, {-2450, 1270}, {-1850, 1050}, {-1500, 600}, {-950, 500}, {-450, 640},
      {100, 590}, {450, 660}, {740, 780}}},
    {"Berounka", "river", 42, 40,
     {{740, 780}, {1100, 900}, {1450, 1270}, {1900, 1650}, {2500, 1780}, {3000, 2250},
      {3300, 2950}, {4000, 3200}, {4500, 3850}, {5300, 4100}, {6300, 5100}, {7400, 5600}}},
    {"Radbuza", "river", 28, 30,
     {{-4300, -7000}, {-3300, -6000}, {-2500, -5600}, {-1650, -5350}, {-1350, -4700},
      {-1750, -4050}, {-1400, -3500}, {-800, -3000}, {-250, -2850}, {100, -2500}, {450, -2350},
      {680, -1850}, {580, -1300}, {650, -800}, {500, -380}, {520, 50}, {620, 400}, {740, 780}}},
    {"Úhlava", "river", 18, 45,
     {{1500, -7500}, {1050, -6300}, {700, -5400}, {950, -4500}, {700, -3700}, {850, -3000},
      {450, -2350}}},
    {"Úslava", "river", 16, 50,
     {{6800, -5600}, {5600, -4700}, {4700, -4200}, {4100, -3650}, {3850, -2900}, {3400, -2200},
      {3250, -1500}, {3000, -1000}, {2850, -300}, {2600, 300}, {2700, 1000}, {2500, 1780}}},
    {"Bolevecký potok", "stream", 5, 40,
     {{600, 3300}, {1000, 2700}, {1500, 2350}, {1900, 1650}}},
    {"Vejprnický potok", "stream", 5, 40,
     {{-6500, -100}, {-5000, 300}, {-3900, 500}, {-2900, 1050}, {-2300, 1000}, {-1750, 850}}},
    {"Luční potok", "stream", 4, 40,
     {{-4800, -3000}, {-3600, -2700}, {-2800, -2900}, {-2100, -3650}, {-1700, -3900}}},
};
const size_t EPO_DEMO_RIVER_COUNT = sizeof EPO_DEMO_RIVERS / sizeof *EPO_DEMO_RIVERS;

const struct epo_demo_path EPO_DEMO_RAILS[] = {
    {"Praha – Plzeň", "main", 22, 0,
     {{6800, 1100}, {5200, 300}, {4000, -150}, {2900, -400}, {1800, -330}, {1150, -330},
      {890, -560}}},
    {"Plzeň hlavní nádraží", "station", 90, 0, {{1250, -180}, {1010, -440}, {870, -760}}},
    {"Plzeň – Cheb", "main", 20, 0,
     {{890, -560}, {770, -900}, {480, -1090}, {100, -1070}, {-500, -980}, {-1050, -720},
      {-1500, -440}, {-2200, -330}, {-3300, 60}, {-4600, 420}, {-6800, 900}}},
    {"Plzeň – Klatovy", "branch", 14, 0,
     {{480, -1090}, {-150, -1380}, {-300, -1800}, {-330, -2400}, {-150, -3000}, {200, -3600},
      {150, -4500}, {450, -5400}, {300, -6800}}},
    {"Plzeň – České Budějovice", "main", 16, 0,
     {{890, -560}, {950, -1000}, {1500, -1050}, {2400, -1750}, {3150, -2750}, {4000, -3950},
      {5600, -4950}}},
    {"Plzeň – Žatec", "branch", 14, 0,
     {{1250, -180}, {1420, 350}, {1180, 1000}, {850, 1900}, {1250, 2700}, {2100, 3400},
      {2250, 4500}, {1900, 6600}}},
    {"Plzeň – Domažlice", "branch", 14, 0,
     {{-1050, -720}, {-1700, -800}, {-2300, -1150}, {-3200, -1950}, {-5400, -2500}}},
};
const size_t EPO_DEMO_RAIL_COUNT = sizeof EPO_DEMO_RAILS / sizeof *EPO_DEMO_RAILS;

/* Borders of districts where they do not follow Mže, Berounka, Radbuza and Úhlava. Lines run past
 * their meeting points; what dangles is dropped. */
const struct epo_demo_path EPO_DEMO_BORDERS[] = {
    {"2/4", "district", 0, 12,
     {{300, -200}, {890, -420}, {1800, -330}, {2900, -400}, {3600, -800}, {4400, -1000},
      {6500, -1900}}},
    {"8/2", "district", 0, 25,
     {{500, -4150}, {850, -4100}, {1800, -3950}, {2900, -4000}, {3700, -4400}, {5000, -5050}}},
    {"6/3", "district", 0, 25,
     {{-700, -6600}, {-700, -5800}, {-800, -5100}, {-1000, -4500}, {-1700, -4100}, {-2300, -4050},
      {-3000, -3900}, {-3600, -4000}, {-5200, -3900}}},
    {"10/6", "district", 0, 25,
     {{-2850, -3700}, {-2750, -4800}, {-2650, -5500}, {-2700, -6700}}},
    {"5/3", "district", 0, 25,
     {{-3250, 2400}, {-3350, 1500}, {-3750, 700}, {-4000, 100}, {-4300, -350}, {-6000, -700}}},
    {"7/1", "district", 0, 25,
     {{-3000, 1400}, {-2900, 2500}, {-2700, 3200}, {-2850, 3900}, {-3200, 4500}, {-3700, 5400}}},
    {"9/7", "district", 0, 25,
     {{-4900, 1600}, {-4850, 2600}, {-5000, 3300}, {-4750, 3900}, {-4700, 4900}}},
};
const size_t EPO_DEMO_BORDER_COUNT = sizeof EPO_DEMO_BORDERS / sizeof *EPO_DEMO_BORDERS;

const struct epo_demo_spot EPO_DEMO_DISTRICTS[] = {
    {"Plzeň 1", "district", "545970", -403, 3170, 0, 0, 0},
    {"Plzeň 2-Slovany", "district", "545988", 1614, -2502, 0, 0, 0},
    {"Plzeň 3", "district", "546003", 11, 96, 0, 0, 0},
    {"Plzeň 4", "district", "546208", 3500, 900, 0, 0, 0},
    {"Plzeň 5-Křimice", "district", "554731", -4800, 1000, 0, 0, 0},
    {"Plzeň 6-Litice", "district", "554758", -1800, -5000, 0, 0, 0},
    {"Plzeň 7-Radčice", "district", "554766", -3900, 3000, 0, 0, 0},
    {"Plzeň 8-Černice", "district", "554774", 2300, -4900, 0, 0, 0},
    {"Plzeň 9-Malesice", "district", "559199", -5550, 3300, 0, 0, 0},
    {"Plzeň 10-Lhota", "district", "557978", -3500, -5000, 0, 0, 0},
};
const size_t EPO_DEMO_DISTRICT_COUNT = sizeof EPO_DEMO_DISTRICTS / sizeof *EPO_DEMO_DISTRICTS;

/* A cadastral area is what lies nearest to its spots; a name may have several. */
const struct epo_demo_spot EPO_DEMO_CADASTRAL[] = {
    {"Plzeň", "cadastral", "721981", 0, 0, 0, 0, 0},
    {"Plzeň", "cadastral", "721981", -900, -1500, 0, 0, 0},
    {"Plzeň", "cadastral", "721981", 1500, -2000, 0, 0, 0},
    {"Plzeň", "cadastral", "721981", -900, 1900, 0, 0, 0},
    {"Plzeň", "cadastral", "721981", 1500, -500, 0, 0, 0},
    {"Plzeň", "cadastral", "721981", -2300, -2200, 0, 0, 0},
    {"Plzeň 4", "cadastral", "722731", 1400, 1600, 0, 0, 0},
    {"Plzeň 4", "cadastral", "722731", 2100, 2600, 0, 0, 0},
    {"Bolevec", "cadastral", "722120", -403, 3170, 0, 0, 0},
    {"Bolevec", "cadastral", "722120", 900, 4300, 0, 0, 0},
    {"Bolevec", "cadastral", "722120", -1800, 4200, 0, 0, 0},
    {"Skvrňany", "cadastral", "722596", -2900, 500, 0, 0, 0},
    {"Skvrňany", "cadastral", "722596", -3700, -1300, 0, 0, 0},
    {"Valcha", "cadastral", "722472", -2700, -3400, 0, 0, 0},
    {"Doudlevce", "cadastral", "722464", 100, -2100, 0, 0, 0},
    {"Hradiště u Plzně", "cadastral", "722341", 1400, -3150, 0, 0, 0},
    {"Bručná", "cadastral", "722367", 2400, -3500, 0, 0, 0},
    {"Koterov", "cadastral", "671053", 4100, -3100, 0, 0, 0},
    {"Božkov", "cadastral", "722294", 3700, -1600, 0, 0, 0},
    {"Lobzy", "cadastral", "722618", 2900, -100, 0, 0, 0},
    {"Doubravka", "cadastral", "722677", 3700, 1000, 0, 0, 0},
    {"Újezd", "cadastral", "722685", 4600, 2500, 0, 0, 0},
    {"Bukovec", "cadastral", "722707", 3600, 2900, 0, 0, 0},
    {"Červený Hrádek u Plzně", "cadastral", "621081", 5200, 1500, 0, 0, 0},
    {"Černice", "cadastral", "620106", 2400, -4900, 0, 0, 0},
    {"Radobyčice", "cadastral", "620122", 0, -4900, 0, 0, 0},
    {"Litice u Plzně", "cadastral", "722740", -1800, -5100, 0, 0, 0},
    {"Lhota u Dobřan", "cadastral", "680940", -3600, -5000, 0, 0, 0},
    {"Křimice", "cadastral", "676195", -4900, 1000, 0, 0, 0},
    {"Radčice u Plzně", "cadastral", "737411", -3900, 3000, 0, 0, 0},
    {"Malesice", "cadastral", "690821", -5300, 3300, 0, 0, 0},
    {"Dolní Vlkýš", "cadastral", "690813", -6000, 3300, 0, 0, 0},
};
const size_t EPO_DEMO_CADASTRAL_COUNT = sizeof EPO_DEMO_CADASTRAL / sizeof *EPO_DEMO_CADASTRAL;

const struct epo_demo_spot EPO_DEMO_WOODS[] = {
    {"Bolevecké polesí", "wood", "", 1500, 4700, 1700, 900, 10},
    {"Bolevecké polesí", "wood", "", -300, 4900, 800, 650, 0},
    {"Sytná", "wood", "", -2000, 4100, 750, 900, 20},
    {"Zábělá", "wood", "", 3500, 4100, 900, 600, -20},
    {"Valcha", "wood", "", -3500, -3150, 700, 500, 20},
    {"Novodvorský les", "wood", "", -4100, -2400, 500, 450, 0},
    {"Litický les", "wood", "", -2900, -5750, 600, 350, 0},
    {"Výsluní", "wood", "", -500, -3900, 330, 520, 10},
    {"Pytel", "wood", "", 3500, -5000, 600, 420, 30},
    {"Švabiny", "wood", "", 5000, -600, 650, 500, 20},
    {"Chlum", "wood", "", 3000, 2550, 200, 420, -30},
    {"Kyjovský les", "wood", "", -4500, 3700, 350, 300, 0},
    {"Homolka", "wood", "", 2050, -3150, 260, 170, -30},
    {"Hůrka", "wood", "", 4500, 3000, 300, 300, 0},
};
const size_t EPO_DEMO_WOOD_COUNT = sizeof EPO_DEMO_WOODS / sizeof *EPO_DEMO_WOODS;

const struct epo_demo_spot EPO_DEMO_PONDS[] = {
    {"Velký bolevecký rybník", "pond", "", 1000, 3480, 430, 200, 25},
    {"Košinář", "pond", "", -250, 4350, 190, 110, 0},
    {"Třemošenský rybník", "pond", "", 1000, 4350, 260, 120, -20},
    {"Šídlovský rybník", "pond", "", 300, 4500, 120, 90, 40},
    {"Kamenný rybník", "pond", "", 1750, 4050, 150, 90, 10},
    {"České údolí", "pond", "", -1580, -3800, 420, 110, 58},
    {"Borský rybník", "pond", "", -2500, -2850, 120, 60, 30},
};
const size_t EPO_DEMO_POND_COUNT = sizeof EPO_DEMO_PONDS / sizeof *EPO_DEMO_PONDS;

const struct epo_demo_spot EPO_DEMO_PARKS[] = {
    {"Štruncovy sady", "park", "", 400, 470, 200, 110, -15},
    {"Borský park", "park", "", -1000, -2480, 360, 300, 10},
    {"Lochotínský park", "park", "", -1300, 1450, 330, 150, 30},
    {"Zoologická a botanická zahrada", "park", "", -1650, 1720, 300, 180, 30},
    {"Bolevecké rekreační louky", "park", "", 500, 3750, 500, 170, 20},
    {"Lobezský park", "park", "", 2680, -620, 140, 330, 20},
    {"Park Homolka", "park", "", 1900, -2750, 230, 160, -30},
    {"Ústřední hřbitov", "cemetery", "", 3450, 60, 330, 170, -5},
    {"Roudenské zahrádky", "allotments", "", -900, 800, 380, 190, 0},
    {"Zahrádky Na Špici", "allotments", "", 1300, -3350, 260, 160, 20},
    {"Zahrádky Vinice", "allotments", "", -2300, 2800, 330, 200, 20},
    {"Zahrádky Bílá Hora", "allotments", "", 1500, 2750, 280, 160, 60},
    {"Zahrádky Borská pole", "allotments", "", -1850, -2750, 300, 190, 20},
    {"Zahrádky Lobzy", "allotments", "", 3100, -900, 260, 150, -60},
    {"Sportovní areál Bolevec", "pitch", "", -1250, 3350, 130, 80, 10},
    {"Stadion města Plzně", "pitch", "", 330, 330, 95, 62, -12},
    {"Škodaland", "pitch", "", -1150, -3250, 300, 120, 140},
};
const size_t EPO_DEMO_PARK_COUNT = sizeof EPO_DEMO_PARKS / sizeof *EPO_DEMO_PARKS;

const struct epo_demo_spot EPO_DEMO_SQUARES[] = {
    {"Chodské náměstí", "square", "", -820, -1560, 60, 45, -6},
    {"náměstí Míru", "square", "", -700, -1900, 70, 60, -6},
    {"Jiráskovo náměstí", "square", "", 1210, -1650, 55, 45, 27},
    {"Mikulášské náměstí", "square", "", 1010, -1120, 40, 35, 27},
    {"náměstí Milady Horákové", "square", "", 1560, -2080, 60, 50, 27},
    {"Habrmannovo náměstí", "square", "", 3520, 1330, 50, 45, 22},
    {"Husovo náměstí", "square", "", -560, -80, 60, 45, 3},
    {"náměstí T. G. Masaryka", "square", "", -240, -640, 60, 45, 4},
    {"Anglické náměstí", "square", "", 380, -250, 34, 30, 4},
};
const size_t EPO_DEMO_SQUARE_COUNT = sizeof EPO_DEMO_SQUARES / sizeof *EPO_DEMO_SQUARES;
