/* Files in requests and out of them. On workers. */
#ifndef EPO_HTTP_FILES_H
#define EPO_HTTP_FILES_H

#include "forms/form.h"
#include "http/http.h"
#include "portal/attachment.h"

/* Files of one request that were taken and wait to be put. */
struct epo_files;
/* Takes each file of the request that belongs to a field of the form; form NULL: all. What is
 * refused is noted in refused as errors of a form ({"path","code","message"}). */
struct epo_files *epo_files_take(struct epo_request *request, const struct epo_form *form,
                                 struct epo_json *refused);
size_t epo_files_count(const struct epo_files *files);
/* The n-th of them; the others lie behind it. */
const struct epo_attachment *epo_files_at(const struct epo_files *files, size_t n);
/* Puts them all or none (without an owner), then goes on; at once where there is none. */
struct epo_response *epo_files_put(struct epo_request *request, struct epo_files *files,
                                   struct epo_response *(*then)(struct epo_request *request,
                                                                void *arg,
                                                                const struct epo_error *error),
                                   void *arg);
/* Their references behind those that raw has under the names of their fields. */
void epo_files_add(struct epo_request *request, const struct epo_files *files,
                   struct epo_json *raw);

/* Whose file the route's captures name: {number}, {file} of a submission, or {number}, {message},
 * {file} of what came with one of its messages. number: as found, not as in the address. */
struct epo_span epo_files_owner(struct epo_request *request, struct epo_span number,
                                struct epo_span *id);
/* A stored file, only ever to be saved: never shown as a page of ours. */
struct epo_response *epo_respond_file(struct epo_request *request,
                                      const struct epo_attachment *file);
/* Adds "url" to each file of a summary's rows: base/<id><query>. */
void epo_files_link(struct epo_request *request, struct epo_json *sections, const char *base,
                    const char *query);

#endif
