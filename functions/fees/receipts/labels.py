"""What stands on a receipt besides its facts, in each language; English where a school's language has no labels yet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one language. `{}` is filled in."""

    language: str
    receipt: str
    reversal: str
    number: str
    date: str
    received_from: str
    given_back_to: str
    student: str
    admission_number: str
    school_class: str
    fee: str
    period: str
    amount: str
    total: str
    in_words: str
    balance: str
    method: str
    reference: str
    cheque: str
    bank: str
    received_by: str
    remarks: str
    verify: str
    code: str
    reversed: str
    reversed_by: str
    reverses: str
    bounced: str
    subject_to_clearing: str
    once: str
    year: str
    joined: str  # whole and part of an amount in words
    only: str  # what closes an amount in words
    methods: dict[str, str]


LANGUAGES = {
    "en": Labels(
        language="en",
        receipt="Receipt",
        reversal="Reversal of a receipt",
        number="Receipt no.",
        date="Date",
        received_from="Received from",
        given_back_to="Given back to",
        student="Student",
        admission_number="Admission no.",
        school_class="Class",
        fee="Fee",
        period="Period",
        amount="Amount",
        total="Total",
        in_words="In words",
        balance="Balance of these fees",
        method="Paid by",
        reference="Reference",
        cheque="Cheque no.",
        bank="Bank",
        received_by="Received by",
        remarks="Remarks",
        verify="Whether this receipt is genuine can be seen here:",
        code="Verification code",
        reversed="REVERSED",
        reversed_by="Reversed by receipt",
        reverses="Reverses receipt",
        bounced="The cheque was not paid by the bank.",
        subject_to_clearing="Subject to the cheque being cleared.",
        once="Once",
        year="Year",
        joined="{} and {}",
        only="{} only",
        methods={"CASH": "Cash", "CARD": "Card", "ONLINE": "Online", "CHEQUE": "Cheque", "BANK_TRANSFER": "Bank transfer"},
    ),
    "hi": Labels(
        language="hi",
        receipt="रसीद",
        reversal="रसीद का निरस्तीकरण",
        number="रसीद संख्या",
        date="दिनांक",
        received_from="भुगतानकर्ता",
        given_back_to="वापस किया गया",
        student="विद्यार्थी",
        admission_number="प्रवेश संख्या",
        school_class="कक्षा",
        fee="शुल्क",
        period="अवधि",
        amount="राशि",
        total="कुल",
        in_words="शब्दों में",
        balance="इन शुल्कों की शेष राशि",
        method="भुगतान का तरीका",
        reference="संदर्भ",
        cheque="चेक संख्या",
        bank="बैंक",
        received_by="प्राप्तकर्ता",
        remarks="टिप्पणी",
        verify="इस रसीद की सत्यता यहाँ जाँचें:",
        code="सत्यापन कोड",
        reversed="निरस्त",
        reversed_by="निरस्त करने वाली रसीद",
        reverses="निरस्त की गई रसीद",
        bounced="बैंक ने चेक का भुगतान नहीं किया।",
        subject_to_clearing="चेक के भुगतान के अधीन।",
        once="एक बार",
        year="वर्ष",
        joined="{} और {}",
        only="{} मात्र",
        methods={"CASH": "नकद", "CARD": "कार्ड", "ONLINE": "ऑनलाइन", "CHEQUE": "चेक", "BANK_TRANSFER": "बैंक अंतरण"},
    ),
    "ar": Labels(
        language="ar",
        receipt="إيصال",
        reversal="إلغاء إيصال",
        number="رقم الإيصال",
        date="التاريخ",
        received_from="استلمنا من",
        given_back_to="أعيد إلى",
        student="الطالب",
        admission_number="رقم القبول",
        school_class="الصف",
        fee="الرسم",
        period="الفترة",
        amount="المبلغ",
        total="المجموع",
        in_words="المبلغ كتابةً",
        balance="المتبقي من هذه الرسوم",
        method="طريقة الدفع",
        reference="المرجع",
        cheque="رقم الشيك",
        bank="البنك",
        received_by="المستلم",
        remarks="ملاحظات",
        verify="يمكن التحقق من صحة هذا الإيصال هنا:",
        code="رمز التحقق",
        reversed="ملغى",
        reversed_by="ألغي بالإيصال",
        reverses="يلغي الإيصال",
        bounced="لم يصرف البنك الشيك.",
        subject_to_clearing="بشرط تحصيل الشيك.",
        once="مرة واحدة",
        year="السنة",
        joined="{} و{}",
        only="{} فقط لا غير",
        methods={"CASH": "نقدًا", "CARD": "بطاقة", "ONLINE": "عبر الإنترنت", "CHEQUE": "شيك", "BANK_TRANSFER": "تحويل بنكي"},
    ),
    "es": Labels(
        language="es",
        receipt="Recibo",
        reversal="Anulación de un recibo",
        number="Recibo n.º",
        date="Fecha",
        received_from="Recibido de",
        given_back_to="Devuelto a",
        student="Alumno",
        admission_number="N.º de admisión",
        school_class="Clase",
        fee="Cuota",
        period="Período",
        amount="Importe",
        total="Total",
        in_words="En letras",
        balance="Saldo de estas cuotas",
        method="Forma de pago",
        reference="Referencia",
        cheque="Cheque n.º",
        bank="Banco",
        received_by="Recibido por",
        remarks="Observaciones",
        verify="La autenticidad de este recibo se comprueba aquí:",
        code="Código de verificación",
        reversed="ANULADO",
        reversed_by="Anulado por el recibo",
        reverses="Anula el recibo",
        bounced="El banco no pagó el cheque.",
        subject_to_clearing="Salvo buen fin del cheque.",
        once="Una vez",
        year="Año",
        joined="{} con {}",
        only="{}",
        methods={"CASH": "Efectivo", "CARD": "Tarjeta", "ONLINE": "En línea", "CHEQUE": "Cheque", "BANK_TRANSFER": "Transferencia"},
    ),
    "fr": Labels(
        language="fr",
        receipt="Reçu",
        reversal="Annulation d’un reçu",
        number="Reçu n°",
        date="Date",
        received_from="Reçu de",
        given_back_to="Rendu à",
        student="Élève",
        admission_number="N° d’admission",
        school_class="Classe",
        fee="Frais",
        period="Période",
        amount="Montant",
        total="Total",
        in_words="En toutes lettres",
        balance="Reste dû sur ces frais",
        method="Mode de paiement",
        reference="Référence",
        cheque="Chèque n°",
        bank="Banque",
        received_by="Reçu par",
        remarks="Remarques",
        verify="L’authenticité de ce reçu se vérifie ici :",
        code="Code de vérification",
        reversed="ANNULÉ",
        reversed_by="Annulé par le reçu",
        reverses="Annule le reçu",
        bounced="La banque n’a pas payé le chèque.",
        subject_to_clearing="Sauf bonne fin du chèque.",
        once="Une fois",
        year="Année",
        joined="{} et {}",
        only="{}",
        methods={"CASH": "Espèces", "CARD": "Carte", "ONLINE": "En ligne", "CHEQUE": "Chèque", "BANK_TRANSFER": "Virement"},
    ),
}


def labels(locale: str) -> Labels:
    """The labels in the locale's language, else the English ones."""
    return LANGUAGES.get(locale.partition("-")[0], LANGUAGES["en"])
