/*
 * libraries.h - GMime and libxml2, loaded when the first mail comes
 *
 * With all they need they are twenty shared libraries, which cost every start of
 * the tool more than two milliseconds; a text message has no use for them. So
 * they are not linked but opened by name. libraries_names.h lets the functions' own
 * names stand for the pointers found here; the compiler checks every call as ever.
 */
#ifndef LW_LIBRARIES_H
#define LW_LIBRARIES_H

#include <gmime/gmime.h>
#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#define LW_GMIME_CALLS(CALL) \
	CALL(g_mime_init) CALL(g_mime_parser_new_with_stream) CALL(g_mime_parser_set_format) \
	CALL(g_mime_parser_construct_message) CALL(g_mime_stream_mem_new) CALL(g_mime_stream_mem_new_with_buffer) \
	CALL(g_mime_stream_mem_get_byte_array) CALL(g_mime_data_wrapper_write_to_stream) \
	CALL(g_mime_message_get_subject) CALL(g_mime_message_get_from) CALL(g_mime_message_get_reply_to) \
	CALL(g_mime_message_get_mime_part) CALL(internet_address_list_length) CALL(internet_address_list_get_address) \
	CALL(internet_address_get_name) CALL(internet_address_mailbox_get_addr) CALL(internet_address_mailbox_get_type) \
	CALL(g_mime_object_get_header) CALL(g_mime_object_get_content_type) CALL(g_mime_content_type_is_type) \
	CALL(g_mime_content_type_get_parameter) CALL(g_mime_part_get_content) CALL(g_mime_part_get_filename) \
	CALL(g_mime_part_is_attachment) CALL(g_mime_multipart_get_count) CALL(g_mime_multipart_get_part) \
	CALL(g_mime_message_part_get_message) CALL(internet_address_list_to_string) \
	CALL(g_mime_message_part_get_type) CALL(g_mime_part_get_type) CALL(g_mime_multipart_get_type) \
	CALL(g_object_unref) CALL(g_free) CALL(g_type_check_instance_is_a) \
	CALL(g_type_check_instance_cast) CALL(g_mime_object_get_type) CALL(g_mime_stream_mem_get_type)
#define LW_XML_CALLS(CALL) \
	CALL(htmlCreateMemoryParserCtxt) CALL(htmlCtxtUseOptions) CALL(htmlParseDocument) CALL(htmlFreeParserCtxt) \
	CALL(xmlSwitchEncoding) CALL(htmlEntityLookup) CALL(xmlReadMemory) CALL(xmlFreeDoc)

#define LW_POINTER(name) __typeof__(name) *name;
struct lw_libraries {
	LW_GMIME_CALLS(LW_POINTER)
	LW_XML_CALLS(LW_POINTER)
};
#undef LW_POINTER

extern struct lw_libraries lw_libraries;        /* filled once by lw_libraries_load(), never changed after */

/* Any thread, any number of times. NULL, or why they could not be loaded. */
const char *lw_libraries_load(void);

#endif
