import type { Language } from './language.ts';

export const SPANISH: Language = {
  meanings: {
    email:
      'correo, correo electronico, direccion de correo electronico, direccion de correo, direccion correo electronico, ' +
      'e mail, mail, direccion de email, correos',
    phone:
      'telefono, numero de telefono, n de telefono, telefono movil, movil, celular, telefono celular, telefono fijo, fijo, ' +
      'tfno, tlf, tel, numero de celular, numero de movil, numero celular, telefonos, numero movil',
    firstName: 'primer nombre, nombre de pila, nombres, nombre propio',
    lastName: 'apellido, apellidos, primer apellido, apellido paterno',
    fullName:
      'nombre completo, nombre y apellidos, nombre y apellido, apellidos y nombre, nombre apellidos, nombres y apellidos',
    name: 'nombre',
    gender: 'sexo, genero, tratamiento?',
    birthDate:
      'fecha de nacimiento, fecha nacimiento, nacimiento, f nacimiento, cumpleanos, fec nacimiento, fecha de cumpleanos, f nac, fecha nac',
    birthYear: 'ano de nacimiento, ano nacimiento',
    age: 'edad',
    street:
      'calle, via?, calle y numero, domicilio calle, direccion 1, linea de direccion 1, direccion linea 1, nombre de la calle',
    houseNumber: 'numero!?, numero de calle, numero exterior, num exterior, numero de casa, n casa, numero portal',
    addressLine2:
      'direccion 2, linea de direccion 2, direccion linea 2, piso, puerta, piso y puerta, numero interior, complemento, apartamento, departamento numero',
    address: 'direccion, domicilio, direccion completa, direccion postal',
    city: 'ciudad, localidad, poblacion, municipio',
    region: 'provincia, estado?, comunidad autonoma, region, departamento, estado provincia, provincia estado',
    postalCode: 'codigo postal, cp?, cod postal, c p, codigopostal, c postal',
    country: 'pais, pais region, codigo de pais, codigo pais, pais de residencia, nombre del pais, pais codigo',
    time:
      'fecha de pedido, fecha pedido, fecha, fecha de compra, fecha compra, fecha del pedido, creado el, fecha de creacion, ' +
      'fecha creacion, fecha y hora, hora, fecha de pago, fecha factura, fecha de la compra, fecha de factura, fecha de venta, fecha de la transaccion',
    amount:
      'importe total, total, importe, monto, monto total, total pedido, valor, precio total, total con iva, precio, ' +
      'total del pedido, importe del pedido, total pagado, total compra, subtotal, ingresos, valor total',
    aggregate:
      'total gastado, gasto total, total compras, valor medio, importe medio, total de compras, ventas totales',
    currency: 'moneda, divisa, codigo de moneda',
    status: 'estado del pedido, estado pedido, estado de pago, estado, estado del pago, estatus, situacion',
    cancelledAt: 'cancelado el, fecha de cancelacion, fecha cancelacion, cancelado, anulado, fecha de anulacion',
    refunded: 'reembolsado, importe reembolsado, reembolso, monto reembolsado, devuelto, total reembolsado',
    test: 'pedido de prueba',
    itemName: 'producto, nombre del producto, nombre producto, articulo, descripcion del producto, nombre del articulo',
    itemSku: 'referencia producto, codigo producto, codigo de producto, codigo articulo, referencia articulo',
    itemQuantity: 'cantidad, unidades, cant',
    itemPrice: 'precio unitario, precio unidad, precio por unidad',
  },
  addresses: {
    default: 'predeterminada, predeterminado, principal, por defecto',
    mailing: 'postal',
    billing: 'facturacion, de facturacion',
    home: 'particular, personal, casa, domicilio particular, privado',
    shipping: 'envio, de envio, entrega, de entrega',
    work: 'trabajo, profesional, laboral, oficina',
    other: 'otro, otra, secundario, secundaria, segundo, alternativo, alternativa',
  },
  people: {
    customer: 'cliente, clientes, comprador',
    contact: 'contacto',
    user: 'usuario',
    member: 'miembro, socio, tarjeta de fidelidad, afiliado',
    subscriber: 'suscriptor, abonado',
    person: 'persona, participante',
    lead: 'prospecto, interesado',
    donor: 'donante',
    record: 'registro',
  },
  ids: 'numero, n, no, num, codigo, cod, identificador, referencia, ref, clave, nro',
  orders: 'pedido, compra, factura, transaccion, venta, orden, reserva, pago, recibo',
  others:
    'propietario, responsable, comercial asignado, vendedor, agente, gestor, asesor, creado por, modificado por, asignado a, ' +
    'asignado, empresa, compania, cuenta, organizacion, empleador, tienda, proveedor, referido por, recomendado por, ' +
    'padre, madre, padres, tutor, conyuge, campana, lista, grupo, dispositivo, empleado, nif, cif, dni, rfc, ' +
    'iva, banco, tarjeta, tarjeta de credito, cupon, seguimiento, sitio web, web, hogar, emergencia, contacto de emergencia, ' +
    'sucursal, producto, articulo',
  fillers:
    'el, la, los, las, de, del, y, o, a, en, su, tu, mi, para, con, por, valido, obligatorio, opcional, datos, campo, ' +
    'eur, euros, mxn, iva, incl, interno, externo, e',
};
