// What is said where a sign-in has ended. A page in which something may be entered is not left for that.

export const KEPT = 'form[enctype="multipart/form-data"]:not([data-upload])';
export const STILL = "What you entered is still here.";

export function hasForm() {
  return document.querySelector(KEPT) !== null;
}

export function signedOut() {
  return hasForm()
    ? `You are signed out. ${STILL} Sign in in another tab, then send it again.`
    : "You are signed out: load the page again to sign in.";
}
