/* Says in words what allauth's passkey scripts only write to the console. */
import { toast } from "./elements/toast-list.js";

const WORDS = {
  NotAllowedError: "The passkey was not used: the browser's question was closed, or took too long.",
  InvalidStateError: "This device already has a passkey for your account.",
  SecurityError: "Passkeys do not work at this address. Open the site by its own name, over https.",
  NotSupportedError: "This browser or device cannot make such a passkey.",
};

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const { name } = event.detail.exception;
  toast(WORDS[name] ?? "The passkey could not be used. Nothing was changed.", { error: true });
});
