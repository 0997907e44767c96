/* A disk that fails when told to: an sqlite3_vfs over the usual one that counts writes, syncs and
 * truncations and makes the n-th of them fail (once, or until room is made), tearing the write in
 * two as a full disk does. It also keeps beside each file what was synced last (FILE.synced): what
 * a power cut would leave. Included by one test program; register it after epo_store_setup. */
#ifndef EPO_TESTS_FAULT_VFS_H
#define EPO_TESTS_FAULT_VFS_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAULT_WRITE 1
#define FAULT_SYNC 2
#define FAULT_TRUNCATE 4

static struct {
    pthread_mutex_t lock;
    int kinds;      /* which operations count */
    long countdown; /* fails when it reaches 0; negative: never */
    bool sticky;    /* and every one after it */
    int code;
    long hits;
    bool keep_synced;
} fault = {.lock = PTHREAD_MUTEX_INITIALIZER, .countdown = -1};

struct fault_file {
    sqlite3_file base;
    const char *path; /* SQLite keeps it while the file is open; NULL for temporary ones */
    sqlite3_file *real;
};

static void fault_arm(int kinds, long n, bool sticky, int code) {
    pthread_mutex_lock(&fault.lock);
    fault.kinds = kinds;
    fault.countdown = n;
    fault.sticky = sticky;
    fault.code = code;
    fault.hits = 0;
    pthread_mutex_unlock(&fault.lock);
}

/* Makes room again; how often it failed. */
static long fault_disarm(void) {
    pthread_mutex_lock(&fault.lock);
    fault.countdown = -1;
    long hits = fault.hits;
    pthread_mutex_unlock(&fault.lock);
    return hits;
}

static void fault_keep_synced(bool keep) {
    pthread_mutex_lock(&fault.lock);
    fault.keep_synced = keep;
    pthread_mutex_unlock(&fault.lock);
}

static int fault_now(int kind) {
    pthread_mutex_lock(&fault.lock);
    int code = SQLITE_OK;
    if ((fault.kinds & kind) && fault.countdown >= 0) {
        if (fault.countdown > 0)
            fault.countdown--;
        if (fault.countdown == 0) {
            code = fault.code;
            fault.hits++;
            if (!fault.sticky)
                fault.countdown = -1;
        }
    }
    pthread_mutex_unlock(&fault.lock);
    return code;
}

static sqlite3_file *fault_real(sqlite3_file *file) {
    return ((struct fault_file *)file)->real;
}
static int fault_close(sqlite3_file *file) {
    return fault_real(file)->pMethods->xClose(fault_real(file));
}
static int fault_read(sqlite3_file *file, void *to, int len, sqlite3_int64 at) {
    return fault_real(file)->pMethods->xRead(fault_real(file), to, len, at);
}
static int fault_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at) {
    sqlite3_file *real = fault_real(file);
    int code = fault_now(FAULT_WRITE);
    if (code == SQLITE_OK)
        return real->pMethods->xWrite(real, from, len, at);
    real->pMethods->xWrite(real, from, len / 2, at);
    return code;
}
static int fault_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int code = fault_now(FAULT_TRUNCATE);
    return code ? code : fault_real(file)->pMethods->xTruncate(fault_real(file), size);
}
static void fault_keep(const struct fault_file *file) {
    sqlite3_int64 size = 0;
    if (!file->path || file->real->pMethods->xFileSize(file->real, &size) != SQLITE_OK)
        return;
    char to[600];
    snprintf(to, sizeof to, "%s.synced", file->path);
    char *bytes = malloc((size_t)size + 1);
    if (bytes && file->real->pMethods->xRead(file->real, bytes, (int)size, 0) == SQLITE_OK) {
        FILE *out = fopen(to, "we");
        if (out) {
            fwrite(bytes, 1, (size_t)size, out);
            fclose(out);
        }
    }
    free(bytes);
}
static int fault_sync(sqlite3_file *file, int flags) {
    sqlite3_file *real = fault_real(file);
    int code = fault_now(FAULT_SYNC);
    if (code == SQLITE_OK)
        code = real->pMethods->xSync(real, flags);
    pthread_mutex_lock(&fault.lock);
    bool keep = fault.keep_synced;
    pthread_mutex_unlock(&fault.lock);
    if (code == SQLITE_OK && keep)
        fault_keep((struct fault_file *)file);
    return code;
}
static int fault_size(sqlite3_file *file, sqlite3_int64 *size) {
    return fault_real(file)->pMethods->xFileSize(fault_real(file), size);
}
static int fault_lock(sqlite3_file *file, int level) {
    return fault_real(file)->pMethods->xLock(fault_real(file), level);
}
static int fault_unlock(sqlite3_file *file, int level) {
    return fault_real(file)->pMethods->xUnlock(fault_real(file), level);
}
static int fault_check_lock(sqlite3_file *file, int *held) {
    return fault_real(file)->pMethods->xCheckReservedLock(fault_real(file), held);
}
static int fault_control(sqlite3_file *file, int op, void *arg) {
    return fault_real(file)->pMethods->xFileControl(fault_real(file), op, arg);
}
static int fault_sector(sqlite3_file *file) {
    return fault_real(file)->pMethods->xSectorSize(fault_real(file));
}
static int fault_device(sqlite3_file *file) {
    return fault_real(file)->pMethods->xDeviceCharacteristics(fault_real(file));
}
static int fault_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **at) {
    return fault_real(file)->pMethods->xShmMap(fault_real(file), page, size, extend, at);
}
static int fault_shm_lock(sqlite3_file *file, int from, int count, int flags) {
    return fault_real(file)->pMethods->xShmLock(fault_real(file), from, count, flags);
}
static void fault_shm_barrier(sqlite3_file *file) {
    fault_real(file)->pMethods->xShmBarrier(fault_real(file));
}
static int fault_shm_unmap(sqlite3_file *file, int gone) {
    return fault_real(file)->pMethods->xShmUnmap(fault_real(file), gone);
}

/* Version 2: shared memory, but no mapping of the file, so that every read passes here. */
static const sqlite3_io_methods FAULT_METHODS = {
    .iVersion = 2,
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_check_lock,
    .xFileControl = fault_control,
    .xSectorSize = fault_sector,
    .xDeviceCharacteristics = fault_device,
    .xShmMap = fault_shm_map,
    .xShmLock = fault_shm_lock,
    .xShmBarrier = fault_shm_barrier,
    .xShmUnmap = fault_shm_unmap,
};

static sqlite3_vfs fault_vfs, *fault_usual;

static int fault_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                      int *flags_out) {
    (void)vfs;
    struct fault_file *made = (struct fault_file *)file;
    made->path = path;
    made->real = (sqlite3_file *)(made + 1);
    int code = fault_usual->xOpen(fault_usual, path, made->real, flags, flags_out);
    made->base.pMethods = made->real->pMethods ? &FAULT_METHODS : NULL;
    return code;
}

static void fault_register(void) {
    fault_usual = sqlite3_vfs_find(NULL);
    fault_vfs = *fault_usual;
    fault_vfs.zName = "fault";
    fault_vfs.pNext = NULL;
    fault_vfs.szOsFile = (int)sizeof(struct fault_file) + fault_usual->szOsFile;
    fault_vfs.xOpen = fault_open;
    sqlite3_vfs_register(&fault_vfs, 1);
}

#endif
