/* GDAL, loaded by the first who needs it: importing a map and writing a GeoPackage do, serving does
 * not. It brings more than a hundred libraries; one of them (libquadmath) hooks into printf, which
 * makes each printf of the process slower for good. */
#ifndef EPO_MAPS_GDAL_H
#define EPO_MAPS_GDAL_H

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "base/error.h"

/* What of it is used, each under its own name: gdal.OGR_F_Create(…). */
#define EPO_GDAL_FUNCTIONS(X)                                                                      \
    X(CPLErrorReset)                                                                               \
    X(CPLGetLastErrorMsg)                                                                          \
    X(CPLGetLastErrorType)                                                                         \
    X(CPLPopErrorHandler)                                                                          \
    X(CPLPushErrorHandler)                                                                         \
    X(CPLQuietErrorHandler)                                                                        \
    X(CPLSetConfigOption)                                                                          \
    X(CPLSetThreadLocalConfigOption)                                                               \
    X(CSLDestroy)                                                                                  \
    X(GDALAllRegister)                                                                             \
    X(GDALClose)                                                                                   \
    X(GDALCreate)                                                                                  \
    X(GDALDatasetCommitTransaction)                                                                \
    X(GDALDatasetCreateLayer)                                                                      \
    X(GDALDatasetGetLayer)                                                                         \
    X(GDALDatasetGetLayerCount)                                                                    \
    X(GDALDatasetGetNextFeature)                                                                   \
    X(GDALDatasetResetReading)                                                                     \
    X(GDALDatasetStartTransaction)                                                                 \
    X(GDALGetDriverByName)                                                                         \
    X(GDALOpenEx)                                                                                  \
    X(OCTDestroyCoordinateTransformation)                                                          \
    X(OCTNewCoordinateTransformation)                                                              \
    X(OCTTransform)                                                                                \
    X(OGR_FD_GetFieldCount)                                                                        \
    X(OGR_FD_GetFieldDefn)                                                                         \
    X(OGR_FD_GetFieldIndex)                                                                        \
    X(OGR_FD_GetGeomFieldCount)                                                                    \
    X(OGR_F_Create)                                                                                \
    X(OGR_F_Destroy)                                                                               \
    X(OGR_F_GetFieldAsString)                                                                      \
    X(OGR_F_GetFieldIndex)                                                                         \
    X(OGR_F_GetGeometryRef)                                                                        \
    X(OGR_F_IsFieldSetAndNotNull)                                                                  \
    X(OGR_F_SetFieldDouble)                                                                        \
    X(OGR_F_SetFieldInteger)                                                                       \
    X(OGR_F_SetFieldInteger64)                                                                     \
    X(OGR_F_SetFieldNull)                                                                          \
    X(OGR_F_SetFieldString)                                                                        \
    X(OGR_F_SetGeometryDirectly)                                                                   \
    X(OGR_Fld_Create)                                                                              \
    X(OGR_Fld_Destroy)                                                                             \
    X(OGR_Fld_GetNameRef)                                                                          \
    X(OGR_Fld_SetSubType)                                                                          \
    X(OGR_G_Area)                                                                                  \
    X(OGR_G_CloseRings)                                                                            \
    X(OGR_G_CreateFromGML)                                                                         \
    X(OGR_G_CreateFromWkb)                                                                         \
    X(OGR_G_CreateGeometry)                                                                        \
    X(OGR_G_DestroyGeometry)                                                                       \
    X(OGR_G_ExportToIsoWkb)                                                                        \
    X(OGR_G_FlattenTo2D)                                                                           \
    X(OGR_G_ForceTo)                                                                               \
    X(OGR_G_GetDimension)                                                                          \
    X(OGR_G_GetEnvelope)                                                                           \
    X(OGR_G_GetGeometryCount)                                                                      \
    X(OGR_G_GetGeometryRef)                                                                        \
    X(OGR_G_GetLinearGeometry)                                                                     \
    X(OGR_G_GetPointCount)                                                                         \
    X(OGR_G_GetX)                                                                                  \
    X(OGR_G_GetY)                                                                                  \
    X(OGR_G_HasCurveGeometry)                                                                      \
    X(OGR_G_IsEmpty)                                                                               \
    X(OGR_G_PointOnSurface)                                                                        \
    X(OGR_G_SetPoint_2D)                                                                           \
    X(OGR_G_WkbSize)                                                                               \
    X(OGR_L_CreateFeature)                                                                         \
    X(OGR_L_CreateField)                                                                           \
    X(OGR_L_GetFeatureCount)                                                                       \
    X(OGR_L_GetGeomType)                                                                           \
    X(OGR_L_GetLayerDefn)                                                                          \
    X(OGR_L_GetName)                                                                               \
    X(OGR_L_GetNextFeature)                                                                        \
    X(OGR_L_GetSpatialRef)                                                                         \
    X(OGR_L_ResetReading)                                                                          \
    X(OSRDestroySpatialReference)                                                                  \
    X(OSRGetAttrValue)                                                                             \
    X(OSRGetAuthorityCode)                                                                         \
    X(OSRImportFromEPSG)                                                                           \
    X(OSRNewSpatialReference)                                                                      \
    X(OSRSetAxisMappingStrategy)                                                                   \
    X(OSRSetFromUserInput)                                                                         \
    X(VSIFCloseL)                                                                                  \
    X(VSIFOpenL)                                                                                   \
    X(VSIFReadL)                                                                                   \
    X(VSIFTellL)                                                                                   \
    X(VSIFileFromMemBuffer)                                                                        \
    X(VSIFree)                                                                                     \
    X(VSIGetMemFileBuffer)                                                                         \
    X(VSIReadDirRecursive)                                                                         \
    X(VSIStatL)                                                                                    \
    X(VSIUnlink)

struct epo_gdal {
#define EPO_GDAL_MEMBER(name) __typeof__(&name) name;
    EPO_GDAL_FUNCTIONS(EPO_GDAL_MEMBER)
#undef EPO_GDAL_MEMBER
};
extern struct epo_gdal gdal; /* filled by epo_gdal_load */

/* Loads the library and its drivers, once; before anything of `gdal` is called. Any thread. False
 * with BROKEN "map.gdal" where it is not installed. */
bool epo_gdal_load(struct epo_error *error);

#endif
