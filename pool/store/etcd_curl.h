/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcurl, loaded when a store in etcd is opened and not before: it brings
 * thirty libraries along, which every other command would wait for, and a host
 * that has no use for etcd need not have it.
 */
#ifndef CPULEVEL_STORE_ETCD_CURL_H
#define CPULEVEL_STORE_ETCD_CURL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

/* Its macros would count arguments of what is a pointer here. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define CURL_FUNCTIONS(F) \
	F(curl_global_init) F(curl_easy_init) F(curl_easy_cleanup) \
	F(curl_easy_reset) F(curl_easy_setopt) F(curl_easy_perform) \
	F(curl_easy_getinfo) F(curl_easy_strerror) F(curl_slist_append) \
	F(curl_slist_free_all) F(curl_multi_init) F(curl_multi_cleanup) \
	F(curl_multi_add_handle) F(curl_multi_remove_handle) \
	F(curl_multi_perform) F(curl_multi_wait) F(curl_multi_info_read)

#define CURL_MEMBER(name) __typeof__(&name) name;
struct curl_functions {
	CURL_FUNCTIONS(CURL_MEMBER)
};
#undef CURL_MEMBER

/* NULL: there is none on this machine. */
const struct curl_functions *cl_curl_load(void);

#endif /* CPULEVEL_STORE_ETCD_CURL_H */
