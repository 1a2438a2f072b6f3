// The two questions that are asked of a page, in a world of their own: what the page's
// programs did to the language's objects does not reach them.
({
	// look says how far the page is: loaded or not, elements, length of its text.
	look() {
		const root = document.documentElement;
		return [document.readyState === "complete" ? 1 : 0, document.getElementsByTagName("*").length, root ? root.textContent.length : 0];
	},
	// read returns the page's address and its HTML, if it is not longer than most.
	read(most) {
		const root = document.documentElement;
		if (!root) return {url: location.href, html: "", size: 0};
		for (const e of document.querySelectorAll('script:not([type="application/ld+json" i]), style, noscript, template')) e.remove();
		let html;
		try {
			html = withShadows(root);
		} catch (e) { // it is nested too deeply
			html = root.outerHTML;
		}
		html = "<!DOCTYPE html>" + html;
		return {url: location.href, html: html.length > most ? "" : html, size: html.length};

		function withShadows(root) {
			const hosts = Array.from(root.querySelectorAll("*")).some((e) => e.shadowRoot);
			if (!hosts) return root.outerHTML;
			// In a document of its own, no program is woken by the copies.
			return copy(root, document.implementation.createHTMLDocument("")).outerHTML;
		}
		function copy(node, to) {
			const out = to.importNode(node, false);
			if (node.nodeType !== Node.ELEMENT_NODE) return out;
			for (const child of (node.shadowRoot || node).childNodes) append(out, child, to);
			return out;
		}
		function append(out, child, to) {
			if (child.nodeType === Node.ELEMENT_NODE && (child.localName === "style" || child.localName === "script")) return;
			const given = child.localName === "slot" && child.assignedNodes ? child.assignedNodes() : [];
			if (given.length === 0) return void out.appendChild(copy(child, to));
			for (const node of given) out.appendChild(copy(node, to));
		}
	},
})
