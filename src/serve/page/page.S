/* page.S - the files of the page as they are, in the program's read-only data; Makefile names what they depend on */
	.section .rodata
	.macro file name, path
	.global \name, \name\()_end
	.hidden \name, \name\()_end
\name:
	.incbin "\path"
\name\()_end:
	.endm

	file lw_file_page, "src/serve/page/page.html"
	file lw_file_status, "src/serve/page/status.html"
	file lw_file_css, "src/serve/page/page.css"

	.section .note.GNU-stack, "", %progbits
