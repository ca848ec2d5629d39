// The slip's QR code leads here with #SIREKAP:A:1:LOGIN:CODE; what stands after # never leaves the phone.
// The code is put into the form and taken out of the address, so that it does not stay in the history.
const slip = /^#(?:.*#)?SIREKAP:A:1:([A-Za-z0-9._-]{3,40}):([0-9A-Za-z]{16})$/.exec(decodeURIComponent(location.hash));
if (slip) {
  document.getElementById("login").value = slip[1].toLowerCase();
  document.getElementById("code").value = slip[2].toUpperCase().match(/.{4}/g).join("-");
  document.getElementById("filled").hidden = false;
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("password").focus();
}
