// Passkeys. A form with data-passkey asks the browser for one ("create" or "get") and sends what it answers. Without this
// script, or where the browser knows no passkeys, these forms stay hidden and the password is the way in.
(() => {
  "use strict";

  const able = window.PublicKeyCredential && navigator.credentials;
  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (c) => c.charCodeAt(0));
  };
  const text = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const described = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function create(asked) {
    const made = await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        user: { ...asked.user, id: bytes(asked.user.id) },
        excludeCredentials: described(asked.excludeCredentials),
      },
    });
    const { response } = made;
    return answer(made, {
      attestationObject: text(response.attestationObject),
      transports: response.getTransports ? response.getTransports() : [],
    });
  }

  async function get(asked) {
    const shown = await navigator.credentials.get({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        allowCredentials: described(asked.allowCredentials),
      },
    });
    const { response } = shown;
    return answer(shown, {
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      ...(response.userHandle && { userHandle: text(response.userHandle) }),
    });
  }

  const answer = (credential, response) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  });

  async function asked(form) {
    if (form.dataset.asked) return JSON.parse(form.dataset.asked);
    const given = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
    if (!given.ok) throw new Error(`${given.status}`);
    return given.json();
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!able) continue;
    form.hidden = false;
    for (const one of document.querySelectorAll("[data-no-passkeys]")) one.hidden = true;
    const trouble = form.querySelector("[data-passkey-trouble]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.busy) return;
      form.dataset.busy = "yes";
      trouble.hidden = true;
      const code = document.getElementById(form.dataset.clientCode || "");
      if (code) form.elements.client_code.value = code.value;
      try {
        const act = form.dataset.passkey === "create" ? create : get;
        form.elements.answer.value = JSON.stringify(await act(await asked(form)));
        form.submit();
      } catch (problem) {
        trouble.textContent = problem.name === "InvalidStateError" ? form.dataset.known : form.dataset.trouble;
        trouble.hidden = false;
      }
      delete form.dataset.busy;
    });
  }
})();
