// What report pages say in their onclick and onsubmit attributes, done here: inline handlers do not run under the
// site's content security policy, but reading programs and extensions know the pages by these attributes.
(() => {
  "use strict";

  const words = (call) => {
    const inside = call.slice(call.indexOf("(") + 1);
    const found = [];
    const one = /\s*'((?:[^'\\]|\\.)*)'\s*(,|\))/y;
    for (let match = one.exec(inside); match; match = one.exec(inside)) {
      found.push(match[1].replace(/\\(.)/g, "$1"));
      if (match[2] === ")") break;
    }
    return found;
  };

  const here = (address) => {
    const url = new URL(address, document.baseURI);
    return url.protocol === location.protocol || url.protocol === "https:" ? url.href : null;
  };

  // A real form, submitted by its own method: extensions that keep a copy of what was bought listen there.
  const post = (address, fields, target) => {
    const action = here(address);
    if (!action) return;
    const form = document.createElement("form");
    form.method = "post";
    form.action = action;
    if (target) form.target = target;
    for (const [name, value] of fields) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.appendChild(input);
    }
    document.body.appendChild(form);
    form.submit();
  };

  const FIRST = ["caseid", "de_seq_num", "got_receipt", "pdf_header", "pdf_toggle_possible", "magic_num"];
  const REST = { 8: ["hdr"], 9: ["hdr", "psf_report"], 10: ["claim_id", "claim_num", "claim_doc_seq"] };

  const goDLS = (call, target) => {
    const [address, ...values] = words(call);
    const names = FIRST.concat(REST[values.length + 1] || []);
    post(address, names.map((name, n) => [name, values[n]]).filter(([, value]) => value), target);
  };

  const picked = (form) =>
    [...form.querySelectorAll("input[type=checkbox]:checked")].map((box) => [box.name, box.value]);

  const doings = {
    "goDLS(": (call, element, event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return false;
      goDLS(call, element.getAttribute("target"));
      return true;
    },
    "submit_form(": (call, element) => {
      const address = (/'([^']+)'/.exec(call) || [])[1];
      if (address && element.form) post(address, picked(element.form));
      return Boolean(address);
    },
    "parent.location=": (call) => {
      const address = (/'([^']+)'/.exec(call) || [])[1];
      const target = address && here(address);
      if (target && new URL(target).origin === location.origin) location.assign(target);
      return Boolean(target);
    },
    "history.back(": () => {
      history.back();
      return true;
    },
    "window.print(": () => {
      window.print();
      return true;
    },
  };

  const perform = (attribute) => (event) => {
    const element = event.target.closest ? event.target.closest(`[${attribute}]`) : null;
    if (!element || event.defaultPrevented) return;
    const call = element.getAttribute(attribute).trim();
    for (const [start, doing] of Object.entries(doings)) {
      if (call.startsWith(start) && doing(call, element, event)) {
        event.preventDefault();
        return;
      }
    }
  };

  document.addEventListener("click", perform("onclick"));
  document.addEventListener("submit", perform("onsubmit"));
})();
