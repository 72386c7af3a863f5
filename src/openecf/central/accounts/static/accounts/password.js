// While a password is chosen: how many characters are missing, then what the server's rules say of it, in words and as a
// bar. Without this script the page says the same once it is sent.
(() => {
  "use strict";

  const PAUSE = 700;
  const PARTS = { weak: 1, good: 2, strong: 3 };
  const LOOKS = { weak: "ecf-strength-weak", good: "ecf-strength-good", strong: "ecf-strength-strong" };

  for (const input of document.querySelectorAll("input[data-strength]")) {
    const least = Number(input.dataset.least);
    const bar = document.createElement("div");
    bar.className = "ecf-strength";
    bar.setAttribute("aria-hidden", "true");
    bar.append(...[1, 2, 3].map(() => document.createElement("span")));
    const words = document.createElement("div");
    words.className = "ecf-strength-words";
    words.setAttribute("role", "status");
    input.parentNode.append(bar, words);

    const show = (level, said) => {
      bar.dataset.level = level;
      [...bar.children].forEach((part, n) => (part.className = n < (PARTS[level] || 0) ? LOOKS[level] : ""));
      if (words.textContent !== said) words.textContent = said;
    };

    async function ask(typed) {
      const form = input.form;
      const name = form.elements.namedItem("username");
      const body = new URLSearchParams({
        csrfmiddlewaretoken: form.elements.namedItem("csrfmiddlewaretoken").value,
        password: typed,
        username: name ? name.value : "",
        two_step: input.dataset.twoStep,
      });
      const answer = await fetch(input.dataset.strength, { method: "POST", body });
      if (!answer.ok || input.value !== typed) return;
      const { level, said } = await answer.json();
      if (input.value === typed) show(level, said);
    }

    let waits = 0;
    input.addEventListener("input", () => {
      window.clearTimeout(waits);
      const typed = input.value;
      const missing = least - [...typed.normalize("NFKC")].length;
      bar.dataset.level = "";
      // Said after a pause, so that a screen reader is not interrupted at each letter.
      waits = window.setTimeout(() => {
        if (!typed) show("", "");
        else if (missing > 0) show("weak", input.dataset.short.replace("0", String(missing)));
        else {
          show("good", input.dataset.enough);
          ask(typed).catch(() => {});
        }
      }, PAUSE);
    });
  }
})();
