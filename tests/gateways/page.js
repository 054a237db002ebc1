// page.js - measures the page's answers in frames of three widths, and writes what it finds into #found: a line each
'use strict';

function brightness(color) {
	const [r, g, b] = color.match(/[\d.]+/g).map(Number).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function paperOf(element) {
	for (; element; element = element.parentElement) {
		const color = element.ownerDocument.defaultView.getComputedStyle(element).backgroundColor;
		if (!/, 0\)$|transparent/.test(color))
			return color;
	}
	return 'rgb(255, 255, 255)';
}

function contrast(element) {
	const ink = brightness(element.ownerDocument.defaultView.getComputedStyle(element).color), paper = brightness(paperOf(element));
	return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
}

// What is wrong with one frame.
function faults(frame) {
	const page = frame.contentDocument, wrong = [], root = page.documentElement;
	const see = selector => [...page.querySelectorAll(selector)];
	if (root.scrollWidth > frame.clientWidth)
		wrong.push(`${root.scrollWidth} wide in ${frame.clientWidth}`);
	for (const element of see('h1, h2, p, li, b, mark, label, button, td, th, dt, dd, a'))
		if (element.textContent.trim() && contrast(element) < 4.5)
			wrong.push(`contrast ${contrast(element).toFixed(2)} of <${element.localName} class="${element.className}">`);
	for (const element of see('button, textarea'))
		if (element.getBoundingClientRect().height < 40)
			wrong.push(`<${element.localName}> is too low to touch`);
	const message = see('.message')[0];
	if (message && frame.dataset.direction && frame.contentWindow.getComputedStyle(message).direction !== frame.dataset.direction)
		wrong.push(`the message does not run ${frame.dataset.direction}`);
	if (message && frame.dataset.marks && !see('.message mark').length)
		wrong.push('no passage is marked');
	if (see('.message script, .message b').length)
		wrong.push('what was pasted became markup');
	return wrong;
}

window.addEventListener('load', () => {
	const found = document.getElementById('found');
	for (const frame of document.querySelectorAll('iframe'))
		found.append(`@ ${frame.name}: ${[...new Set(faults(frame))].join('; ') || 'good'}\n`);
});
