"""Forty short sentences of our own making, twenty in English and twenty in Indonesian."""

ENGLISH: tuple[str, ...] = (
    "The ferry to the island leaves at half past seven.",
    "Please call me back after lunch.",
    "My order arrived without the small green lamp.",
    "Can you move the meeting to Thursday morning?",
    "The lift on the third floor is broken again.",
    "She paid twice for the same concert ticket.",
    "We need six more chairs for the kitchen.",
    "The garden gate will not close when it rains.",
    "I would like to change my delivery address.",
    "Nobody told us that the museum was closed.",
    "The last bus stops near the old station.",
    "Turn left after the bakery and walk up the hill.",
    "His new bicycle is lighter than mine.",
    "The water in the office tastes of metal.",
    "Send the invoice to my home address, please.",
    "Her flight was late because of heavy snow.",
    "The doctor can see you on Monday at ten.",
    "I forgot the name of that small hotel.",
    "There are two keys under the flower pot.",
    "The children painted the whole wall blue.",
)
INDONESIAN: tuple[str, ...] = (
    "Tolong kirim barangnya sebelum hari Jumat.",
    "Saya mau pesan dua porsi nasi goreng tanpa cabai.",
    "Kereta ke Bandung berangkat jam tujuh pagi.",
    "Lampu di ruang tamu mati sejak kemarin malam.",
    "Anak saya lupa membawa payung ke sekolah.",
    "Apakah toko ini buka pada hari Minggu?",
    "Kunci rumah ada di bawah pot bunga.",
    "Pesanan saya belum sampai sampai sekarang.",
    "Kami butuh enam kursi lagi untuk tamu.",
    "Ibu membeli ikan segar di pasar pagi.",
    "Tolong ganti alamat pengiriman saya.",
    "Rapat dipindah ke hari Kamis siang.",
    "Hujan turun deras sejak tadi sore.",
    "Uang kembalian saya kurang lima ribu rupiah.",
    "Dokter bisa bertemu Anda besok jam sepuluh.",
    "Belok kiri setelah jembatan, lalu jalan terus.",
    "Sepeda baru adik lebih ringan dari sepeda saya.",
    "Saya lupa nama hotel kecil di dekat pantai.",
    "Air di kantor terasa seperti besi.",
    "Bus terakhir berhenti di depan stasiun lama.",
)
SENTENCES: tuple[tuple[str, str], ...] = tuple(
    pair
    for english, indonesian in zip(ENGLISH, INDONESIAN, strict=True)
    for pair in (("en", english), ("id", indonesian))
)
"""Language tag and sentence, the languages in turn."""
