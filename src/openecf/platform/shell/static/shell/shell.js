// Comforts of the frame. Every page works without them.
(() => {
  "use strict";

  const word = (name) => document.body.dataset[name] || "";

  // A second press of a button that already sent its form does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-disabled=true]")) button.removeAttribute("aria-disabled");
  });

  // Leaving a form that was changed and marked with data-guard asks first.
  let changed = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-guard]")) changed = true;
  });
  document.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });

  // The menu: one group open at a time; Escape and a click elsewhere close it.
  const groups = [...document.querySelectorAll(".ecf-menu-group")];
  const close = (but) => {
    for (const group of groups) if (group !== but) group.open = false;
  };
  for (const group of groups) {
    group.addEventListener("toggle", () => {
      if (group.open) close(group);
    });
  }
  document.addEventListener("click", (event) => {
    close(event.target.closest(".ecf-menu-group"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = groups.find((group) => group.open);
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  // What went wrong is read out first.
  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();

  // How many characters are left.
  for (const area of document.querySelectorAll("textarea[maxlength], input[data-count][maxlength]")) {
    const left = document.createElement("div");
    left.className = "ecf-count";
    left.setAttribute("aria-live", "polite");
    area.after(left);
    const say = () => {
      left.textContent = word("left").replace("0", String(area.maxLength - area.value.length));
    };
    area.addEventListener("input", say);
    say();
  }

  // A password can be looked at while it is typed. It is sent hidden, so that no browser keeps it among what was typed.
  for (const input of document.querySelectorAll("input[type=password]")) {
    const button = document.createElement("button");
    const label = document.querySelector(`label[for="${CSS.escape(input.id)}"]`);
    const whose = document.createElement("span");
    button.type = "button";
    button.className = "usa-button usa-button--unstyled ecf-show";
    if (input.id) button.setAttribute("aria-controls", input.id);
    whose.className = "usa-sr-only";
    if (label) whose.textContent = `: ${label.textContent.trim()}`;
    input.spellcheck = false;
    input.autocapitalize = "none";
    const turn = (shown) => {
      input.type = shown ? "text" : "password";
      button.replaceChildren(word(shown ? "hide" : "show"), whose);
    };
    button.addEventListener("click", () => turn(input.type === "password"));
    if (input.form) input.form.addEventListener("submit", () => turn(false));
    turn(false);
    input.after(button);
  }

  // The names and sizes of picked files.
  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);
  for (const input of document.querySelectorAll("input[type=file]")) {
    const list = document.createElement("ul");
    list.className = "ecf-picked";
    list.setAttribute("aria-live", "polite");
    input.after(list);
    input.addEventListener("change", () => {
      list.replaceChildren(
        ...[...input.files].map((file) => {
          const item = document.createElement("li");
          item.textContent = `${file.name} (${size(file.size)})`;
          return item;
        }),
      );
    });
  }

  // Five minutes before a session ends: staying takes a press and costs nothing that was typed. The timer counts what this
  // page alone has asked, so that a second page may say it too early, none too late.
  const seconds = Number(word("sessionSeconds"));
  const warnAfter = () =>
    window.setTimeout(
      () => {
        const box = document.createElement("div");
        const body = document.createElement("div");
        const said = document.createElement("p");
        const stay = document.createElement("button");
        box.className = "usa-alert usa-alert--warning ecf-session";
        box.setAttribute("role", "alert");
        body.className = "usa-alert__body";
        said.className = "usa-alert__text";
        said.textContent = word("sessionWarning");
        stay.type = "button";
        stay.className = "usa-button";
        stay.textContent = word("sessionStay");
        stay.addEventListener("click", async () => {
          const answer = await fetch("/", { method: "HEAD", cache: "no-store" }).catch(() => null);
          if (!answer || !answer.ok) return;
          window.clearTimeout(over);
          box.remove();
          warnAfter();
        });
        const over = window.setTimeout(() => {
          said.textContent = word("sessionOver");
          stay.remove();
        }, Math.min(300, seconds) * 1000);
        body.append(said, stay);
        box.append(body);
        document.getElementById("main").prepend(box);
      },
      Math.max(0, seconds - 300) * 1000,
    );
  if (seconds) warnAfter();

  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => window.print());
  }
})();
