// For browsers without modules (before 2018): say so instead of showing nothing.
document.getElementById('isi') && (document.getElementById('isi').textContent = 'Browser ini terlalu lama. Perbarui Chrome. / This browser is too old. Update Chrome.');
